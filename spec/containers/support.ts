/** Containers of the image, by podman, on the network of this machine. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** What `.ci/check-containers` has built. */
export const image = process.env.OPENCOMPAT_IMAGE ?? `localhost/opencompat:${version}`;
/** Whom the image runs as. */
export const imageUser = 65532;

export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  CONTAINERS_CONF: fileURLToPath(new URL('containers.conf', import.meta.url)),
};

export interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(program, args, { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}

/** @throws when it fails */
export async function succeed(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { status, out, err } = await run(program, args, env);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${err}${out}`);
  return out;
}

/** A port that is free, for what cannot be asked which one it took. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** All that docker/compose.yaml takes from the container. */
const hardening = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];

/** The program of the image with these arguments, to its end. */
export function runOnce(args: readonly string[], options: readonly string[] = []): Promise<Outcome> {
  return run('podman', ['run', '--rm', '--pull=never', '--network=host', ...hardening, ...options, image, ...args]);
}

export interface RunningContainer {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** The log so far. */
  log(): string;
  signal(name: 'SIGTERM' | 'SIGKILL'): Promise<unknown>;
  /** The program's exit status. */
  readonly ended: Promise<number | null>;
}

/** A server from the image, ready to be asked. It is gone when the test ends. */
export async function startContainer(
  t: Pick<TestContext, 'after'>,
  env: Record<string, string> = {},
  options: readonly string[] = [],
): Promise<RunningContainer> {
  const name = `opencompat-${randomBytes(6).toString('hex')}`;
  const port = await findFreePort();
  const settings = Object.entries({ OPENCOMPAT_PORT: String(port), OPENCOMPAT_INSTRUCTIONS_REFRESH: '0', ...env });
  const child = spawn(
    'podman',
    [
      ...['run', '--rm', '--pull=never', '--network=host', `--name=${name}`, ...hardening, ...options],
      ...settings.map(([key, value]) => `--env=${key}=${value}`),
      image,
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  const ended = once(child, 'close').then(([status]) => status as number | null);
  t.after(async () => {
    await run('podman', ['rm', '--force', '--volumes', name]);
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    const collect = (part: Buffer) => {
      log += part;
      if (log.includes('is listening on')) resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    void ended.then((status) => reject(new Error(`The container ended with ${status}:\n${log}`)));
  });
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    signal: (signal) => succeed('podman', ['kill', `--signal=${signal}`, name]),
    ended,
  };
}
