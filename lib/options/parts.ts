/** Schemas of values that keys of several owners have. */
import type { JsonSchema } from '../json-schema.ts';

/** Node's timers hold 2³¹−1 ms; a longer time would fire at once. */
const longestTimerMs = 2_147_483_647;

/** A time in seconds. */
export const seconds = {
  type: 'number',
  minimum: 0,
  maximum: Math.floor(longestTimerMs / 1000),
  'x-unit': 'seconds',
} as const satisfies JsonSchema;

/** How often something is refreshed: whole minutes, or a cron expression. */
export const refreshTimes = {
  type: ['integer', 'string'],
  minimum: 0,
  maximum: Math.floor(longestTimerMs / 60_000),
  format: 'cron',
  'x-unit': 'minutes',
} as const satisfies JsonSchema;

/** The characters of an HTTP header without spaces (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5). */
export const headerText = {
  type: 'string',
  pattern: '^[\\x21-\\x7e]+$',
  'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it',
} as const satisfies JsonSchema;

/** A list of names. */
export const names = { type: 'array', items: { type: 'string', minLength: 1 } } as const satisfies JsonSchema;
