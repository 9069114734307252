import { parseObject } from '../lenient-json.ts';
import { maxRecordS, type RecordState } from '../recorder/recordings.ts';
import { askOperator } from './ask-operator.ts';
import { describeRecording } from './recording-report.ts';

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
  } else {
    const { mode, untilMs, ...state } = parseObject(answer.body) as unknown as RecordState;
    if (mode === 'off') console.log('Nothing is recorded.');
    else if (untilMs === undefined)
      console.log(`Requests are still recorded: the configuration has \`record: ${mode}\`.`);
    else console.log(`${describeRecording({ mode, untilMs, ...state })}. \`opencompat show\` lists them.`);
  }
}

/** A number and its unit. */
function readSeconds(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(amount) * (secondsOf[unit] ?? Number.NaN);
  return seconds >= 1 && seconds <= maxRecordS ? seconds : undefined;
}
