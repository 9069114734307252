/**
 * What node-cron asks of `Intl.DateTimeFormat`, for the process's own time zone: the parts of a local time in English, and the zone's
 * distance from UTC. The bundle gives it to node-cron, because Node's own reads 5 MB of the world's languages and time zones
 * (measured 2026-11, Node 24).
 */
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** As CLDR's English writes a short offset: `GMT`, `GMT+2`, `GMT-3:30`. */
function shortOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  if (minutes === 0) return 'GMT';
  return `GMT${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

export class LocalDateFormat {
  readonly #isOffset: boolean;

  constructor(_locale: string, options: Intl.DateTimeFormatOptions) {
    if (options.timeZone !== undefined) throw new RangeError('Scheduled work runs in local time.');
    this.#isOffset = options.timeZoneName !== undefined;
  }

  formatToParts(date: Date): { type: string; value: string }[] {
    if (this.#isOffset) return [{ type: 'timeZoneName', value: shortOffset(date) }];
    const parts = {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      hour: date.getHours(),
      minute: date.getMinutes(),
      second: date.getSeconds(),
      weekday: weekdays[date.getDay()]!,
    };
    return Object.entries(parts).map(([type, value]) => ({ type, value: String(value) }));
  }
}
