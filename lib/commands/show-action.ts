import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDirectories } from '../config/directories.ts';
import { logText } from '../public-text.ts';
import { type Capture, type CaptureLine, captureExtension, parseCapture } from '../recorder/capture.ts';
import { toCurl } from '../recorder/curl.ts';
import { capturesFolderOf } from '../recorder/recordings.ts';

/** Most characters of a line's content. */
const maxContent = 400;

export async function runShow(wanted: string | undefined, { curl = false }: { curl?: boolean }): Promise<void> {
  if (wanted === undefined) return listCaptures();
  const capture = await findCapture(wanted);
  if (typeof capture === 'string') {
    console.error(capture);
    process.exitCode = 1;
  } else if (curl) console.log(toCurl(capture));
  else for (const line of capture.lines) console.log(describe(line));
}

async function listCaptures(): Promise<void> {
  const all = await readCaptures();
  if (all.length === 0)
    console.log('There are no captures. `record: errors` in the configuration keeps those of requests that fail.');
  for (const capture of all) {
    const [head, end] = [capture.first('capture'), capture.first('end')];
    const parts = [head?.startedAt, head?.id, end?.status, capture.first('client.request')?.path, end?.error?.code];
    console.log(
      parts
        .filter((part) => part !== undefined)
        .map((part) => logText(String(part)))
        .join('  '),
    );
  }
}

/** The oldest first; files that are none are passed over. */
async function readCaptures(): Promise<Capture[]> {
  const folder = capturesFolderOf(findDirectories(process.env, []).dataDir);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(captureExtension)).sort();
  const read = names.map(async (name) => parseCapture(await readFile(join(folder, name), 'utf8')));
  return (await Promise.allSettled(read)).flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

/** @returns why there is none, in words */
async function findCapture(wanted: string): Promise<Capture | string> {
  const text = await readFile(wanted, 'utf8').catch(() => undefined);
  try {
    if (text !== undefined) return parseCapture(text);
  } catch (error) {
    return (error as Error).message;
  }
  const found = (await readCaptures()).findLast(({ id }) => id === wanted);
  return (
    found ?? `There is no capture ${wanted}, neither a file nor a request of this id. \`opencompat show\` lists them.`
  );
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
