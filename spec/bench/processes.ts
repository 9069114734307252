/** Starts and stops the processes of a benchmark: upstream, pipe, server under test, load generator. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load.ts';

const readyTimeoutMs = 20_000;
const readyPollMs = 2;
const stopTimeoutMs = 5_000;

const fileHere = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A process that listens. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly origin: string;
  /** From spawn to the first 200 on /health. */
  readonly readyMs: number;
}

export interface ServerOptions {
  upstreamOrigin: string;
  /** Holds its data, caches, temporary files and log. */
  home: string;
  /** Run dist/ instead of the sources. */
  isBuilt: boolean;
  /** Folder for CPU profiles, written when it stops. */
  cpuProfileDir?: string;
  /** The configuration's `record`. */
  record: string;
}

export function startUpstream(): Promise<Running> {
  return startListening((port) => [fileHere('upstream.ts'), String(port)], process.env);
}

export function startPipe(upstreamOrigin: string): Promise<Running> {
  return startListening((port) => [fileHere('pipe.mjs'), String(port), upstreamOrigin], process.env);
}

/** An environment of its own: nothing of the caller's configuration, sign-in or proxy settings may leak into a figure. */
export function startServer({ upstreamOrigin, home, isBuilt, cpuProfileDir, record }: ServerOptions): Promise<Running> {
  const entry = fileHere(isBuilt ? '../../dist/lib/cli.js' : '../../lib/cli.ts');
  if (!existsSync(entry)) throw new Error(`${entry} is not there${isBuilt ? ': run "npm run build" first' : ''}.`);
  const profiling = cpuProfileDir ? ['--cpu-prof', `--cpu-prof-dir=${cpuProfileDir}`] : [];
  return startListening(
    () => [...profiling, entry, 'serve'],
    {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_CONFIG_HOME: join(home, 'config'),
      OPENCOMPAT_CHATGPT_BASE_URL: `${upstreamOrigin}/backend-api`,
      OPENCOMPAT_CHATGPT_AUTH_URL: upstreamOrigin,
      OPENCOMPAT_OPENAI_BASE_URL: `${upstreamOrigin}/v1`,
      OPENCOMPAT_GITHUB_URL: upstreamOrigin,
      OPENCOMPAT_GITHUB_API_URL: upstreamOrigin,
      OPENCOMPAT_GITHUB_RAW_URL: upstreamOrigin,
      OPENCOMPAT_RECORD: record,
      OPENCOMPAT_RATE_LIMIT: '0',
      OPENCOMPAT_WEBSOCKET_MAX_CONNECTIONS: '1000',
      OPENCOMPAT_WEBSOCKET_MAX_CONNECTIONS_PER_CLIENT: '1000',
      OPENCOMPAT_LOG_LEVEL: 'info',
      OPENCOMPAT_LOG_FORMAT: 'json',
    },
    home,
  );
}

/** A folder with the credentials of nobody in it. */
export function createHome(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'opencompat-bench-'));
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = {
    exp: Date.parse('2099-01-01T00:00:00Z') / 1000,
    'https://api.openai.com/auth': { chatgpt_account_id: 'account-bench', chatgpt_plan_type: 'plus' },
  };
  const credential = {
    type: 'oauth',
    access_token: `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.bench`,
    refresh_token: 'bench',
    expires_at: '2099-01-01T00:00:00Z',
  };
  const dataDir = join(path, 'data', 'opencompat');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, 'auth.json'), JSON.stringify({ version: 1, chatgpt: credential }), { mode: 0o600 });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function startListening(
  args: (port: number) => string[],
  env: NodeJS.ProcessEnv,
  home?: string,
): Promise<Running> {
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const logFile = home && join(home, 'server.log');
  const log = logFile ? openSync(logFile, 'a') : 'inherit';
  const startedMs = performance.now();
  const child = spawn(process.execPath, args(port), {
    cwd: home,
    env: { ...env, OPENCOMPAT_HOST: '127.0.0.1', OPENCOMPAT_PORT: String(port) },
    stdio: ['ignore', log, log],
  });
  if (typeof log === 'number') closeSync(log);
  try {
    while (!(await isHealthy(origin))) {
      if (child.exitCode !== null || performance.now() - startedMs > readyTimeoutMs) {
        const tail = logFile ? `\n${readFileSync(logFile, 'utf8').slice(-2000)}` : '';
        throw new Error(`${args(port).join(' ')} did not get ready (exit code ${child.exitCode}).${tail}`);
      }
      await sleep(readyPollMs);
    }
  } catch (error) {
    await stop(child);
    throw error;
  }
  const readyMs = performance.now() - startedMs;
  return { pid: child.pid!, origin, readyMs, [Symbol.asyncDispose]: () => stop(child) };
}

function isHealthy(origin: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  get(`${origin}/health`, { agent: false }, (answer) => {
    answer.resume();
    resolve(answer.statusCode === 200);
  }).on('error', () => resolve(false));
  return promise;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

async function findFreePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}

/** The load generator's end in this process. One job at a time. */
export class LoadGenerator implements AsyncDisposable {
  readonly #child: ChildProcess = fork(fileHere('load.ts'));

  get pid(): number {
    return this.#child.pid!;
  }

  run(job: LoadJob): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const onExit = () => reject(new Error('The load generator has died.'));
    this.#child.once('exit', onExit).once('message', (result: LoadResult) => {
      this.#child.off('exit', onExit);
      resolve(result);
    });
    this.#child.send(job);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#child);
  }
}
