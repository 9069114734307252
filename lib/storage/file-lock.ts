/**
 * One holder at a time across processes and containers: a file made with O_EXCL beside what it guards. A holder that was
 * killed is recognised (its process is gone, or its time is up), so that no lock outlives its holder for long.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock older than this is abandoned. Longer than the longest work under it: two attempts of a refresh. */
export const lockStaleMs = 60_000;
/** Longest wait; outlasts an abandoned lock. */
const lockWaitMs = 75_000;
const pollMs = 25;

/** No lock file can be made here: a read-only mount, no permission, a full or broken disk. */
const unwritableCodes = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

interface Holder {
  id: string;
  pid: number;
  host: string;
  /** What the pid is a number of: containers with one host name (host networking) still count processes apart. Linux. */
  pidNamespace?: string;
  /** Unix milliseconds. */
  time: number;
}

const readPidNamespace = () => readlink('/proc/self/ns/pid').catch(() => undefined);

/** Ids of the locks this very process holds: a successor may well get its predecessor's pid. */
const heldHere = new Set<string>();

export interface FileLock {
  release(): Promise<void>;
}

/**
 * Waits for the lock.
 *
 * @returns undefined where no lock file can be made, because nothing can be written there
 * @throws Error when the lock is not free within `waitMs`, or the file system fails otherwise
 */
export async function acquireFileLock(
  path: string,
  { now = Date.now, waitMs = lockWaitMs }: { now?: () => number; waitMs?: number } = {},
): Promise<FileLock | undefined> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const holder = await describeSelf(now);
    try {
      if (await tryCreate(path, holder)) return { release: () => release(path, holder.id) };
    } catch (error) {
      if (unwritableCodes.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
    if (await isAbandoned(path, now)) await removeAbandoned(path, now);
    else if (performance.now() > deadlineMs) throw new Error(`the lock ${path} is held by another process`);
    else await sleep(pollMs + Math.random() * pollMs);
  }
}

async function describeSelf(now: () => number): Promise<Holder> {
  return { id: randomUUID(), pid: process.pid, host: hostname(), pidNamespace: await readPidNamespace(), time: now() };
}

async function tryCreate(path: string, holder: Holder): Promise<boolean> {
  heldHere.add(holder.id);
  let isCreated = false;
  try {
    const file = await open(path, 'wx', 0o600);
    isCreated = true;
    try {
      await file.writeFile(JSON.stringify(holder));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    heldHere.delete(holder.id);
    if (isCreated) await rm(path, { force: true }).catch(() => {});
    else if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function release(path: string, id: string): Promise<void> {
  // Only if it is still ours: after a long sleep of the machine another process may rightly have taken it over.
  const holder = await readHolder(path);
  if (holder?.id === id) await rm(path, { force: true }).catch(() => {});
  heldHere.delete(id);
}

async function isAbandoned(path: string, now: () => number): Promise<boolean> {
  const holder = await readHolder(path);
  if (holder) {
    const isSameHost = holder.host === hostname() && holder.pidNamespace === (await readPidNamespace());
    if (isSameHost && !isAlive(holder)) return true;
    // Both ways: a time far in the future comes from a clock that was wrong, and would never grow old.
    return Math.abs(now() - holder.time) > lockStaleMs;
  }
  // Empty or half written: its maker is between two system calls, or died there.
  const modifiedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs;
  return modifiedAtMs !== undefined && Math.abs(now() - modifiedAtMs) > lockStaleMs;
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return heldHere.has(holder.id);
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Of several processes that find the lock abandoned one may remove it, and only while it is the abandoned one: without
 * the second file, the slower would remove the faster one's new lock.
 */
async function removeAbandoned(path: string, now: () => number): Promise<void> {
  const breakerPath = `${path}.breaking`;
  const breaker = await describeSelf(now);
  if (!(await tryCreate(breakerPath, breaker))) {
    if (await isAbandoned(breakerPath, now)) await rm(breakerPath, { force: true });
    await sleep(pollMs);
    return;
  }
  try {
    if (await isAbandoned(path, now)) await rm(path, { force: true });
  } finally {
    await release(breakerPath, breaker.id);
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: Partial<Holder> = JSON.parse(await readFile(path, 'utf8'));
    const { id, pid, host, pidNamespace, time } = holder;
    if (typeof id === 'string' && typeof pid === 'number' && typeof host === 'string' && typeof time === 'number') {
      return { id, pid, host, pidNamespace, time };
    }
  } catch {
    // Gone, or not readable as a holder: judged by its age.
  }
  return undefined;
}
