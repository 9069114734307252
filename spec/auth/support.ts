/** What the specs of the sign-in share. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export async function makeDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'opencompat-auth-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A program of `children/`. Ended with the test at the latest. */
export function forkChild(t: TestContext, name: string, args: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, 'children', name), args, { execArgv: [] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}
