/** Servers as processes of their own, with one Redis and one upstream. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createFakeChatGpt, type FakeChatGpt } from '../support/fake-chatgpt.ts';
import { startFakeRedis } from '../support/fake-redis.ts';
import { createRedisServer, type RedisServer } from './redis-server.ts';

export const cli = fileURLToPath(new URL('../../lib/cli.ts', import.meta.url));
export const encryptionKey = 'a key of at least thirty-two characters';

/** One server. */
export interface Replica {
  url: string;
  child: ChildProcess;
  output(): string;
}

export interface ReplicaOptions {
  env?: Record<string, string>;
  isSignedIn?: boolean;
}

export async function startReplica(
  t: TestContext,
  redis: Pick<RedisServer, 'url'>,
  upstream: FakeChatGpt,
  { env = {}, isSignedIn = true }: ReplicaOptions = {},
): Promise<Replica> {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-'));
  const dataDir = join(home, 'data', 'opencompat');
  mkdirSync(dataDir, { recursive: true });
  if (isSignedIn) {
    const { accessToken, refreshToken, idToken } = upstream.account.tokens;
    const chatgpt = { type: 'oauth', access_token: accessToken, refresh_token: refreshToken, id_token: idToken };
    writeFileSync(join(dataDir, 'auth.json'), JSON.stringify({ version: 1, chatgpt }), { mode: 0o600 });
  }
  const child = spawn(process.execPath, [cli], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      OPENCOMPAT_PORT: '0',
      OPENCOMPAT_LOG_FORMAT: 'json',
      OPENCOMPAT_INSTRUCTIONS_REFRESH: '0',
      OPENCOMPAT_CHATGPT_BASE_URL: upstream.url,
      OPENCOMPAT_CHATGPT_AUTH_URL: upstream.authUrl,
      OPENCOMPAT_GITHUB_URL: upstream.authUrl,
      OPENCOMPAT_GITHUB_API_URL: upstream.authUrl,
      OPENCOMPAT_GITHUB_RAW_URL: upstream.authUrl,
      OPENCOMPAT_REDIS_URL: redis.url,
      OPENCOMPAT_REDIS_ENCRYPTION_KEY: encryptionKey,
      ...env,
    },
  });
  t.after(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const collect = (part: Buffer) => {
      output += part;
      const found = /listening on (http:[^"]+)"/.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('close', () => reject(new Error(output)));
  });
  return { url, child, output: () => output };
}

export async function startReplicas(t: TestContext, count: number, options?: ReplicaOptions) {
  const redis = await createRedisServer(t);
  const upstream = await createFakeChatGpt();
  t.after(() => upstream.close());
  const replicas: Replica[] = [];
  for (let n = 0; n < count; n += 1) replicas.push(await startReplica(t, redis, upstream, options));
  return { redis, upstream, replicas };
}

/** Two servers with two client keys, `sk-one` and `sk-two`, and a Redis in this process. */
export async function startTwo(t: TestContext) {
  const upstream = await createFakeChatGpt();
  t.after(() => upstream.close());
  const redis = await startFakeRedis(t);
  const env = { OPENCOMPAT_API_KEYS: 'sk-one,sk-two', OPENCOMPAT_RATE_LIMIT: '0' };
  const replicas = await Promise.all([1, 2].map(() => startReplica(t, redis, upstream, { env })));
  const [first, second] = replicas as [Replica, Replica];
  return { upstream, redis, first, second };
}

export async function readyOf({ url }: Replica) {
  const answer = await fetch(`${url}/ready`);
  return { status: answer.status, body: (await answer.json()) as { redis: { ready: boolean; reason?: string } } };
}

export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}
