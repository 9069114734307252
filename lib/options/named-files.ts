import type { ConfigFragment } from './fragment.ts';

/** The files that values of the configuration name, and whose texts belong to it (`x-file`). */
export function namedFiles(keys: ConfigFragment, values: object): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value !== undefined && keys[name]?.['x-file'] === true ? [String(value)] : [],
  );
}
