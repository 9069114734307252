/** Captures in files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Capture, CaptureError, captureExtension, parseCapture } from './capture.ts';

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
