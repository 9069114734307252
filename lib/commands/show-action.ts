import { existsSync } from 'node:fs';
import { findDirectories } from '../config/directories.ts';
import { logText } from '../public-text.ts';
import type { Capture, CaptureLine } from '../recorder/capture.ts';
import { toCurl } from '../recorder/curl.ts';
import { toHar } from '../recorder/har.ts';
import { listCaptureFiles, readCaptureFile } from '../recorder/read-captures.ts';
import { capturesFolderOf } from '../recorder/recordings.ts';

/** Most characters of a line's content. */
const maxContent = 400;

export interface ShowOptions {
  readonly curl?: boolean;
  readonly har?: boolean;
}

export async function runShow(wanted: string | undefined, { curl, har }: ShowOptions): Promise<void> {
  if (wanted === undefined) return listCaptures();
  const capture = await findCapture(wanted);
  if (typeof capture === 'string') {
    console.error(capture);
    process.exitCode = 1;
  } else if (curl) console.log(toCurl(capture));
  else if (har) console.log(JSON.stringify(toHar(capture), null, 2));
  else for (const line of capture.lines) console.log(describe(line));
}

async function listCaptures(): Promise<void> {
  let count = 0;
  for await (const capture of readCaptures()) {
    count += 1;
    const [head, end] = [capture.first('capture'), capture.first('end')];
    const parts = [head?.startedAt, head?.id, end?.status, capture.first('client.request')?.path, end?.error?.code];
    console.log(
      parts
        .filter((part) => part !== undefined)
        .map((part) => logText(String(part)))
        .join('  '),
    );
  }
  if (count === 0)
    console.log('There are no captures. `record: errors` in the configuration keeps those of requests that fail.');
}

/** One after the other: all of them at once may be more than the memory holds. Files that are none are passed over. */
async function* readCaptures(inOrder = (paths: string[]) => paths): AsyncGenerator<Capture> {
  const paths = await listCaptureFiles(capturesFolderOf(findDirectories(process.env, []).dataDir)).catch(() => []);
  for (const path of inOrder(paths)) {
    const file = await readCaptureFile(path).catch(() => undefined);
    if (file) yield file.capture;
  }
}

/** @returns why there is none, in words */
async function findCapture(wanted: string): Promise<Capture | string> {
  if (existsSync(wanted))
    return readCaptureFile(wanted).then(
      ({ capture }) => capture,
      (error: Error) => error.message,
    );
  for await (const capture of readCaptures((paths) => paths.toReversed())) if (capture.id === wanted) return capture;
  return `There is no capture ${wanted}, neither a file nor a request of this id. \`opencompat show\` lists them.`;
}

/** Its time, its stage, and its other fields, shortened. */
function describe({ at, ...fields }: CaptureLine): string {
  const { ms = 0, text, ...rest } = fields as { ms?: number; text?: string } & Record<string, unknown>;
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const content = [...facts, ...(text ? [JSON.stringify(text)] : [])].join(' ');
  const shown =
    content.length > maxContent ? `${content.slice(0, maxContent)}… (${content.length} characters)` : content;
  return `${ms.toFixed(1).padStart(10)} ms  ${at.padEnd(16)}  ${logText(shown)}`;
}
