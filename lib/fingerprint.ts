import { createHash } from 'node:crypto';
import { Secret } from './secret.ts';

const ids = new WeakMap<object, number>();
let lastId = 0;

function idOf(value: object): number {
  const known = ids.get(value);
  if (known !== undefined) return known;
  lastId += 1;
  ids.set(value, lastId);
  return lastId;
}

/** A text that two values share if they are equal: secrets by their texts, functions by identity. It reveals nothing. */
export function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, function plain(this: Record<string, unknown>, key: string, given: unknown) {
    // Before its `toJSON`, which masks it.
    const item = this[key];
    if (item instanceof Secret) return { secret: item.reveal() };
    return typeof item === 'function' ? { function: idOf(item) } : given;
  });
  return createHash('sha256')
    .update(text ?? '')
    .digest('base64url');
}
