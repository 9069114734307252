/** Numbers and times in the reader's own form. */

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const weekdayAndClock = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export const formatCount = (value) => whole.format(value ?? 0);
export const formatShort = (value) => short.format(value ?? 0);
export const formatMoney = (value) => money.format(value ?? 0);
export const formatPercent = (value) => `${Math.round(value)}\u00a0%`;

/** `12.4 kB`. @param {number} bytes */
export function formatBytes(bytes) {
  const [unit, size] = byteUnits.find(([, least]) => bytes >= least) ?? ['B', 1];
  return `${size === 1 ? bytes : (bytes / size).toFixed(1)}\u00a0${unit}`;
}

const byteUnits = [
  ['MB', 1_000_000],
  ['kB', 1000],
];

export function formatMs(ms) {
  if (ms === undefined || ms === null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatSpan(ms);
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** The two largest units: `2 d 3 h`. @param {number} ms */
export function formatSpan(ms) {
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return 'less than a second';
  const [unit, size] = units[first];
  const amount = Math.floor(ms / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((ms - amount * size) / next[1]) : 0;
  return rest > 0 ? `${amount} ${unit} ${rest} ${next[0]}` : `${amount} ${unit}`;
}

/** Today's by the clock alone. @param {string} iso */
export function formatTime(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clock.format(date) : dayAndClock.format(date);
}

/** `in 2 d 3 h (Tue 14:00)`. @param {string} iso */
export function formatAhead(iso) {
  const ms = Date.parse(iso) - Date.now();
  if (ms <= 0) return 'now';
  const date = new Date(iso);
  const when = ms < 6 * 86_400_000 ? weekdayAndClock.format(date) : dayAndClock.format(date);
  return `in ${formatSpan(ms)} (${when})`;
}

/** `3 min ago`. @param {string} iso */
export const formatAgo = (iso) => `${formatSpan(Math.max(0, Date.now() - Date.parse(iso)))} ago`;

const outcomes = {
  ok: 'OK',
  incomplete: 'Cut short',
  refused: 'Model refused',
  filtered: 'Filtered',
  rejected: 'Bad request',
  limited: 'Limit reached',
  'signed-out': 'Signed out',
  'upstream-failed': 'Provider failed',
  failed: 'Server failed',
  'client-left': 'Client left',
  stopped: 'Server stopped',
};

/** What became of a request, by its word in the log. */
export const outcomeNames = outcomes;
export const formatOutcome = (outcome) => outcomes[outcome] ?? outcome;

/** @returns {'good' | 'warn' | 'bad'} */
export function toneOfOutcome(outcome) {
  if (outcome === 'ok') return 'good';
  return ['incomplete', 'refused', 'client-left', 'stopped', 'limited'].includes(outcome) ? 'warn' : 'bad';
}

const measureNames = { requests: ['request', 'requests'], tokens: ['token', 'tokens'], cost: ['USD', 'USD'] };

const articles = { hour: 'an' };

/** The limits of a client key: `20 requests a day`. */
export function formatLimits(limits) {
  return Object.entries(limits ?? {}).flatMap(([measure, windows]) =>
    Object.entries(windows).map(([window, limit]) => {
      const [one, many] = measureNames[measure];
      return `${formatCount(limit)} ${limit === 1 ? one : many} ${articles[window] ?? 'a'} ${window}`;
    }),
  );
}
