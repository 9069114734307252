import { timingSafeEqual } from 'node:crypto';

/** Is a presented text the key? Compared in constant time; where there is no key, nothing is. */
export function createKeyCheck(key: string | undefined): (presented: string | undefined) => boolean {
  if (key === undefined) return () => false;
  const expected = Buffer.from(key);
  return (presented) => {
    const given = Buffer.from(presented ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}
