/** What is recorded, and what captures take on the disk: for `info` and `doctor`. */
import { parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';
import { measureCaptures } from '../recorder/read-captures.ts';
import { capturesFolderOf, type RecordState } from '../recorder/recordings.ts';
import { askOperator } from './ask-operator.ts';

const limitMs = 2_000;

/** @returns sentences without a full stop; none where nothing is recorded or kept */
export async function reportRecording({ dataDir }: { readonly dataDir: string }): Promise<string[]> {
  const answer = await askOperator(undefined, { method: 'GET', path: '/-/record', limitMs });
  const state = typeof answer === 'string' ? undefined : (parseObject(answer.body) as unknown as RecordState);
  const folder = capturesFolderOf(dataDir);
  const { files, bytes } = await measureCaptures(folder);
  return [
    ...(state && state.mode !== 'off' ? [describeRecording(state)] : []),
    ...(files > 0 ? [`Captures of requests: ${files}, which take ${describeBytes(bytes)} in ${folder}`] : []),
  ];
}

function describeBytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Of a recording that runs. */
export function describeRecording({ mode, untilMs, key }: RecordState): string {
  const what = `${mode === 'errors' ? 'Requests that fail' : 'All requests'}${key === undefined ? '' : ` of the key ${logText(key)}`}`;
  return untilMs === undefined
    ? `${what} are recorded: the configuration has \`record: ${mode}\``
    : `${what} are recorded until ${new Date(untilMs).toLocaleTimeString()}`;
}
