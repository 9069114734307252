/** What a check is: a rule of an API, its source, and how an answer breaks it. */
import type { Server } from './server.ts';

/** `must`: clients break without it. `should`: the API promises it, and clients get by; or a model may fall short of it. */
export type Severity = 'must' | 'should';

export interface Rule {
  /** Such as `chat.stream.done`: suite-wide unique, and stable. */
  readonly id: string;
  readonly severity: Severity;
  /** What holds of a server that keeps it. */
  readonly rule: string;
  /** The document or the SDK's type that promises it. */
  readonly source: string;
}

/** How the rule was broken, in words; undefined where it holds. */
export type Fault = string | undefined;

export interface Check extends Rule {
  /** @throws NotApplicable; whatever else is thrown counts as a fault */
  find(server: Server): Promise<Fault>;
}

/** The server does not have by design what the check is about: it is skipped, and counts as such. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** Asks the server. What it gives is asked for once in a run, however many checks look at it. */
export type Probe<Seen> = (server: Server) => Promise<Seen>;

/** A check of what a probe has seen. `source`: where it is another than that of the rows around it. */
export type Row<Seen> = readonly [
  id: string,
  severity: Severity,
  rule: string,
  find: (seen: Seen, server: Server) => Fault | Promise<Fault>,
  source?: string,
];

export function defineChecks<Seen>(probe: Probe<Seen>, source: string, rows: readonly Row<Seen>[]): Check[] {
  return rows.map(([id, severity, rule, find, own = source]) => ({
    ...{ id, severity, rule, source: own },
    find: async (server) => find(await server.once(probe), server),
  }));
}

/** Longest value that a fault shows, in UTF-16 units. */
const maxShownCharacters = 160;

/** A value as a fault shows it. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}…` : text;
}

export function unless(holds: boolean, fault: string): Fault {
  return holds ? undefined : fault;
}

/** @param what is of the value, such as `finish_reason` */
export function expectOneOf(what: string, value: unknown, allowed: readonly unknown[]): Fault {
  return unless(allowed.includes(value), `${what} is ${show(value)}, not ${allowed.map(show).join(' or ')}`);
}

/** Neither absent nor empty. */
export function expectText(what: string, value: unknown): Fault {
  return unless(typeof value === 'string' && value !== '', `${what} is ${show(value)}, not a text`);
}

export function expectCount(what: string, value: unknown): Fault {
  return unless(Number.isInteger(value) && Number(value) >= 0, `${what} is ${show(value)}, not a count`);
}

export function expectList(what: string, value: unknown): Fault {
  return unless(Array.isArray(value), `${what} is ${show(value)}, not a list`);
}
