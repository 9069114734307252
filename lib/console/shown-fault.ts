import type { Fault } from '../options/faults.ts';

/** A fault of the configuration without its value, which may be a secret. */
export function toShownFault({ path, line, source, reason, nearest }: Fault): object {
  const hint = nearest === undefined ? reason : `${reason}; did you mean ${nearest}?`;
  return { path, ...(line !== undefined && { line }), ...(source !== undefined && { source }), reason: hint };
}
