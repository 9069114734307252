/** What checks say of a value: a fault in words, or nothing where it is as it should be. */

/** How the rule was broken, in words; undefined where it holds. */
export type Fault = string | undefined;

/** The server does not have by design what the check is about: it is skipped, and counts as such. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
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

export function expectMediaType(headers: Headers, wanted: string): Fault {
  const told = headers.get('content-type');
  return unless(told?.startsWith(wanted) === true, `content-type is ${show(told)}`);
}
