import type { Fault } from '../options/faults.ts';
/** A fault of the configuration without its value, which may be a secret. */
export declare function toShownFault({ path, line, source, reason, nearest }: Fault): object;
