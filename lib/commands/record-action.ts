import { parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';
import { maxRecordS, type RecordState } from '../recorder/recordings.ts';
import { askOperator } from './ask-operator.ts';

const limitMs = 10_000;
const faultStatus = 2;
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export interface RecordOptions {
  readonly for: string;
  readonly errors?: true;
  readonly key?: string;
  readonly stop?: true;
  readonly port?: string;
}

export async function runRecord(options: RecordOptions): Promise<void> {
  const seconds = readSeconds(options.for);
  if (seconds === undefined) {
    console.error(`--for ${options.for} is no time up to ${maxRecordS / secondsOf.h!} hours: write 90s, 10m or 2h.`);
    process.exitCode = faultStatus;
    return;
  }
  const wish = {
    mode: options.errors ? 'errors' : 'all',
    seconds: String(seconds),
    ...(options.key && { key: options.key }),
  };
  const answer = await askOperator(options.port, {
    method: options.stop ? 'DELETE' : 'POST',
    path: options.stop ? '/-/record' : `/-/record?${new URLSearchParams(wish)}`,
    limitMs,
  });
  if (typeof answer === 'string') {
    console.error(answer);
    process.exitCode = 1;
  } else console.log(describe(parseObject(answer.body) as unknown as RecordState));
}

/** A number and its unit. */
function readSeconds(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(amount) * (secondsOf[unit] ?? Number.NaN);
  return seconds >= 1 && seconds <= maxRecordS ? seconds : undefined;
}

function describe({ mode, untilMs, key }: RecordState): string {
  if (untilMs === undefined)
    return mode === 'off'
      ? 'Nothing is recorded.'
      : `Requests are still recorded: the configuration has \`record: ${mode}\`.`;
  const what = `${mode === 'all' ? 'All requests' : 'Requests that fail'}${key === undefined ? '' : ` of the key ${logText(key)}`}`;
  return `${what} are recorded until ${new Date(untilMs).toLocaleTimeString()}. \`opencompat show\` lists them.`;
}
