/** The faults of a configuration, reported together, in words for the person who wrote it. */
import { basename } from 'node:path';
import { inspect } from 'node:util';
import { distance } from 'fastest-levenshtein';
import { maskUrlCredentials } from '../masking.ts';

export interface Fault {
  /** `middleware[1].options.max`; '' when it concerns no single key. */
  readonly path: string;
  /** Line of the configuration file, from 1. */
  readonly line?: number;
  /** Where the value was given when that is not the file: `OPENCOMPAT_PORT`, `--port`. */
  readonly source?: string;
  /** The value at fault as it may be printed; absent when showing it would not help, or might show a secret. */
  readonly value?: unknown;
  /** Reads on behind the path: "must be a whole number". */
  readonly reason: string;
  /** The valid name that was probably meant. */
  readonly nearest?: string;
  /** Stable code of a check that compares several keys; the documentation lists them. */
  readonly code?: string;
}

/** Appends a key or an index to a path: `middleware[1]`, `aliases["gpt-4.1"]`. */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  if (!/^[\w$-]+$/.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path ? `${path}.${step}` : step;
}

/** The path one step up; '' above the first. */
export function parentPath(path: string): string {
  return path.replace(/(\.[\w$-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\]|^[\w$-]+)$/, '');
}

/** The valid name that `wanted` probably stands for, in any case and with any separators. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const target = plain(wanted);
  // Two letters swapped are two steps; a name of which nothing is left is no nearer than any other.
  const limit = Math.min(target.length - 1, Math.max(2, Math.floor(target.length / 3)));
  let nearest: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    const apart = distance(target, plain(name));
    if (apart < least) [nearest, least] = [name, apart];
  }
  return nearest;
}

/** One line: place, path and value, reason, the name that was probably meant. */
export function describeFault(
  { path, line, source, value, reason, nearest, code }: Fault,
  file: string | undefined,
): string {
  const place = source ?? (line !== undefined && file ? `${basename(file)}:${line}` : '');
  const shown =
    value === undefined
      ? ''
      : ` = ${maskUrlCredentials(inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: 80 }))}`;
  const subject = [place, path && `${path}${shown}`].filter(Boolean).join('  ');
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  return `${subject ? `${subject}: ` : ''}${reason}${hint}${code ? ` (${code})` : ''}`;
}

/** A configuration that cannot be used. The message is the whole list, one line for each fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];
  /** The configuration file, if one was read. */
  readonly file: string | undefined;

  constructor(faults: readonly Fault[], file?: string) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    const lines = faults.map((fault) => `  ${describeFault(fault, file)}`);
    super([`The configuration has ${count}${file ? ` (file: ${file})` : ''}:`, ...lines].join('\n'));
    this.faults = faults;
    this.file = file;
  }
}

/**
 * Waits for all of several checks of one configuration.
 * @throws ConfigError with the faults of all of them; else the first other error
 */
export async function gatherFaults<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const outcomes = await Promise.allSettled([first, second]);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const other = errors.find((error) => !(error instanceof ConfigError));
  if (other !== undefined) throw other;
  const found = errors as ConfigError[];
  if (found.length > 0)
    throw new ConfigError(
      found.flatMap(({ faults }) => faults),
      found[0]!.file,
    );
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<A | B>).value) as [A, B];
}
