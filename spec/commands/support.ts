/** What the specs of the commands around a sign-in share: a home of their own, and commands that a person talks with. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { startCommand } from '../support/commands.ts';
import { createFakeAuthServer, type FakeAuthServer, fakeClientId } from '../support/fake-auth-server.ts';
import { processEnv } from '../support/process-env.ts';

export const email = 'someone@example.com';

export interface Setup {
  auth: FakeAuthServer;
  home: string;
  authFile: string;
  env: Record<string, string>;
}

export async function setUp(t: TestContext): Promise<Setup> {
  const auth = await createFakeAuthServer();
  t.after(() => auth.close());
  const home = await makeDirectory(t);
  const env = {
    ...processEnv,
    HOME: home,
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    XDG_DATA_HOME: join(home, 'data'),
    OPENCOMPAT_CHATGPT_AUTH_URL: auth.url,
    OPENCOMPAT_OAUTH_CLIENT_ID: fakeClientId,
  };
  return { auth, home, authFile: join(home, 'data/opencompat/auth.json'), env };
}

export interface Run {
  /** Standard input. */
  readonly input: Writable;
  /** Both outputs so far. */
  readonly output: string;
  /** Waits for text in the output. */
  see(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for the end. */
  ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

export function run(t: TestContext, { env, home }: Setup, ...args: string[]): Run {
  const command = startCommand(args, { env, cwd: home });
  t.after(() => command.kill());
  const told = new EventEmitter();
  const texts = { stdout: '', stderr: '' };
  let hasEnded = false;
  for (const name of ['stdout', 'stderr'] as const) {
    command[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      told.emit('output');
    });
  }
  const closed = Promise.all([command.ended, once(command.stdout, 'end'), once(command.stderr, 'end')]);
  const ended = closed.then(([status]) => {
    // Whatever a command says, it never says a token.
    assert.doesNotMatch(texts.stdout + texts.stderr, /rt_|eyJ|gho_|tid=/);
    if (args[0] !== 'info') assert.doesNotMatch(texts.stdout + texts.stderr, new RegExp(email));
    hasEnded = true;
    told.emit('output');
    return { status, ...texts };
  });
  return {
    input: command.stdin,
    get output() {
      return texts.stdout + texts.stderr;
    },
    async see(pattern) {
      for (;;) {
        const match = pattern.exec(texts.stdout + texts.stderr);
        if (match) return match;
        assert.ok(!hasEnded, `${pattern} in ${texts.stdout}${texts.stderr}`);
        await once(told, 'output');
      }
    },
    ended,
  };
}

export async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(content));
}
