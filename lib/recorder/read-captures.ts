/** Captures in files. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Capture,
  CaptureError,
  type CaptureLine,
  CaptureReader,
  captureExtension,
  parseCapture,
} from './capture.ts';

export interface CaptureFile {
  readonly path: string;
  readonly capture: Capture;
}

/** The files of a folder in the order of their names, or a file alone. @throws Error of the file system */
export async function listCaptureFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(captureExtension)).sort();
  return names.map((name) => join(path, name));
}

/** Of the captures in a folder; 0 where there is none. */
export async function measureCaptures(folder: string): Promise<{ files: number; bytes: number }> {
  const paths = await listCaptureFiles(folder).catch(() => []);
  let bytes = 0;
  // One may be taken away meanwhile.
  for (const path of paths) bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  return { files: paths.length, bytes };
}

/** @throws CaptureError with the path, for a file that is no capture */
export async function readCaptureFile(path: string): Promise<CaptureFile> {
  try {
    return { path, capture: parseCapture(await readFile(path, 'utf8')) };
  } catch (error) {
    throw new CaptureError(`${path}: ${(error as Error).message}`);
  }
}

/** Is it the name of a capture's file, and of nothing outside its folder? */
export function isCaptureName(name: string): boolean {
  return /^[\w-]+$/.test(name.slice(0, -captureExtension.length)) && name.endsWith(captureExtension);
}

/** A line of a file. `text` is its beginning where the line is longer than the limit. */
export interface FileLine {
  readonly text: string;
  readonly isCut: boolean;
}

const lineFeed = 0x0a;

/** The lines of a file, one after the other, none held longer than that. @param maxBytes of each line @throws Error of the file system */
export async function* readLines(path: string, maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<FileLine> {
  let parts: Buffer[] = [];
  let length = 0;
  const hold = (part: Buffer) => {
    if (part.length > 0 && length < maxBytes) parts.push(part.subarray(0, maxBytes - length));
    length += part.length;
  };
  const take = (): FileLine => {
    const line = { text: Buffer.concat(parts).toString(), isCut: length > maxBytes };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      hold(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

/**
 * The lines of a capture, in the order of the file: what was read while something else happened stands together.
 * @throws CaptureError for a file that is no capture; Error of the file system
 */
export async function* readCaptureLines(path: string): AsyncGenerator<CaptureLine> {
  const reader = new CaptureReader();
  let isEmpty = true;
  for await (const { text } of readLines(path)) {
    const lines = reader.read(text);
    isEmpty &&= lines.length === 0;
    yield* lines;
  }
  if (isEmpty) throw new CaptureError('This is no capture: it is empty.');
}
