/**
 * Reading what was thrown. Foreign code throws anything: nothing at all, a text, an error whose cause leads back to itself, an
 * object that throws again when it is read. The functions here never throw: the last error boundary rests on them.
 */

/** Most causes that are told of an error. */
const maxCauses = 8;
/** Longest stack that is told of one of them, in UTF-16 units. */
const maxStack = 16_384;

/** `instanceof`, also for a value that throws when it is asked (a Proxy). */
export function isA<T>(value: unknown, type: abstract new (...given: never[]) => T): value is T {
  return readSafely(() => value instanceof type) ?? false;
}

/** '' for all but errors. */
export function stackOf(thrown: unknown): string {
  if (!isA(thrown, Error)) return '';
  const stack = readSafely(() => thrown.stack);
  return (typeof stack === 'string' ? stack : (readSafely(() => String(thrown)) ?? 'an error')).slice(0, maxStack);
}

/** The stack of an error, and those of its causes. */
export function describeThrown(thrown: Error): string {
  const told = new Map<unknown, string>();
  for (let value: unknown = thrown; value !== undefined && told.size <= maxCauses && !told.has(value); ) {
    const current = value;
    told.set(current, stackOf(current) || (readSafely(() => String(current)) ?? 'something else'));
    value = isA(current, Error) ? readSafely(() => current.cause) : undefined;
  }
  return [...told.values()].join('\n  caused by: ');
}

/** Undefined where reading throws. */
export function readSafely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
