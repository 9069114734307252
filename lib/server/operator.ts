/**
 * How the operator's own commands reach a running server. It leaves its address, and a key that it has made for this run, in a
 * file of the data folder: whoever can read that folder has the sign-ins already.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { asText, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';

/** A server that runs. */
export interface ServerAddress {
  /** As `http://127.0.0.1:8080`. */
  readonly url: string;
  /** For requests that are the operator's alone. */
  readonly key: string;
}

const folderOf = (dataDir: string) => join(dataDir, 'servers');

/** Servers in several containers may share the folder. */
function prefixOfHost(): string {
  return `${encodeURIComponent(hostname())}_`;
}

export function createOperatorKey(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Leaves the address. Without it the server works all the same.
 * @returns the function that takes it away again
 */
export async function leaveAddress(dataDir: string, address: ServerAddress, log: Logger): Promise<() => Promise<void>> {
  const file = join(folderOf(dataDir), `${prefixOfHost()}${new URL(address.url).port}.json`);
  try {
    await writeFileAtomic(file, `${JSON.stringify({ ...address, pid: process.pid })}\n`);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    log.info('`opencompat reload` cannot reach this server: its address cannot be left', { file, reason });
  }
  return () => rm(file, { force: true }).catch(() => {});
}

/** The servers that run on this machine with this data folder. */
export function findServers(dataDir: string): ServerAddress[] {
  return namesIn(folderOf(dataDir))
    .filter((name) => name.startsWith(prefixOfHost()) && name.endsWith('.json'))
    .flatMap((name) => {
      const { url, key, pid } = parseObject(readText(join(folderOf(dataDir), name))) ?? {};
      const isUsable = asText(url) !== undefined && asText(key) !== undefined && isRunning(pid);
      return isUsable ? [{ url: url as string, key: key as string }] : [];
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** One that was killed has left its file. */
function isRunning(pid: unknown): boolean {
  try {
    return typeof pid === 'number' && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
