/** A real redis-server for specs: on a free port, without files, killed and started again at will. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Cleanup } from '../support/index.ts';

export interface RedisServer {
  readonly url: string;
  /** `kill -9`: all that it knew is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

export async function createRedisServer(t: Cleanup): Promise<RedisServer> {
  const port = await findFreePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    for await (const part of started.stdout!) {
      if (String(part).includes('Ready to accept connections')) break;
    }
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  }

  t.after(kill);
  await start();
  return { url: `redis://127.0.0.1:${port}`, kill, start };
}
