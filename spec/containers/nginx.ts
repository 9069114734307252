/** nginx with the files of docker/nginx as they are, as a process, in front of servers on this machine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { findFreePort, succeed } from './support.ts';

export const domain = 'opencompat.test';
const sources = fileURLToPath(new URL('../../docker/nginx/', import.meta.url));

export interface Nginx {
  port: number;
  httpPort: number;
  /** The certificate, which vouches for itself. */
  ca: string;
  caFile: string;
  url: string;
  /** Has it read its files again. Resolves when the worker that served until then has ended. */
  reload(): Promise<void>;
  /** Ends it, with all connections, and starts it again. */
  restart(): Promise<void>;
}

export interface NginxOptions {
  /** Instead of the hour in proxy.conf, nginx's own default for instance. */
  readTimeoutS?: number;
  /** Its `server` lines. Default: the ports on loopback, and nothing else said of them. */
  servers?: string;
  /** The site's name. Default: `domain`. */
  name?: string;
  /** How long connections may go on at a reload, in milliseconds. Default: as nginx has it, for ever. */
  shutdownTimeoutMs?: number;
}

/** nginx with the project's files as they are, but for their ports. */
export async function startNginx(
  t: Pick<TestContext, 'after'>,
  serverPorts: readonly number[],
  { readTimeoutS, servers, name = domain, shutdownTimeoutMs }: NginxOptions = {},
): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-nginx-'));
  for (const part of ['tls', 'run']) await mkdir(join(folder, part));
  await cp(sources, join(folder, 'opencompat'), { recursive: true });
  const certificate = join(folder, 'tls', 'fullchain.pem');
  const key = join(folder, 'tls', 'privkey.pem');
  await succeed('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', certificate],
  ]);
  const [port, httpPort] = await Promise.all([findFreePort(), findFreePort()]);
  const values: Record<string, string> = {
    OPENCOMPAT_DOMAIN: name,
    OPENCOMPAT_SERVERS: servers ?? serverPorts.map((serverPort) => `server 127.0.0.1:${serverPort};`).join(' '),
    OPENCOMPAT_HTTP_PORT: `127.0.0.1:${httpPort}`,
    OPENCOMPAT_HTTPS_PORT: `127.0.0.1:${port}`,
  };
  const template = await readFile(join(sources, 'opencompat.conf.template'), 'utf8');
  await writeFile(
    join(folder, 'run', 'site.conf'),
    template.replace(/\$\{(OPENCOMPAT_\w+)\}/g, (_match, variable) => values[variable]!),
  );
  if (readTimeoutS !== undefined) {
    const proxy = await readFile(join(sources, 'proxy.conf'), 'utf8');
    assert.match(proxy, /proxy_read_timeout 3600s;/);
    await writeFile(
      join(folder, 'opencompat', 'proxy.conf'),
      proxy.replace('proxy_read_timeout 3600s;', `proxy_read_timeout ${readTimeoutS}s;`),
    );
  }
  const timeout = shutdownTimeoutMs === undefined ? '' : `worker_shutdown_timeout ${shutdownTimeoutMs}ms;`;
  const main = (await readFile(join(sources, 'nginx.conf'), 'utf8'))
    .replaceAll('/tmp/', `${folder}/run/`)
    .replace('worker_processes auto;', `worker_processes 1; user root; daemon off; ${timeout}`);
  // Errors go to standard error by themselves; /dev/stdout is not everywhere a file that can be opened.
  await writeFile(join(folder, 'nginx.conf'), main.replace('access_log /dev/stdout;', 'access_log access.log;'));

  let nginx = await launch(folder);
  t.after(async () => {
    await nginx.end();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    port,
    httpPort,
    ca: await readFile(certificate, 'utf8'),
    caFile: certificate,
    url: `https://${name}:${port}`,
    reload: () => nginx.reload(),
    async restart() {
      await nginx.end();
      nginx = await launch(folder);
    },
  };
}

/** The process, when it serves. */
async function launch(folder: string) {
  const nginx = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  nginx.stderr.on('data', (part) => {
    errors += part;
  });
  /** Waits for so many lines of its log. */
  const told = async (line: RegExp, count = 1) => {
    while ((errors.match(line)?.length ?? 0) < count) {
      if (nginx.exitCode !== null) throw new Error(`nginx ended:\n${errors}`);
      await sleep(20);
    }
  };
  await told(/start worker process /g);
  let reloads = 0;
  return {
    async reload() {
      nginx.kill('SIGHUP');
      reloads += 1;
      await told(/worker process \d+ exited/g, reloads);
    },
    async end() {
      nginx.kill('SIGTERM');
      if (nginx.exitCode === null) await once(nginx, 'exit');
    },
  };
}

export const tlsOptions = ({ port, ca }: Nginx): ConnectionOptions => ({
  host: '127.0.0.1',
  port,
  servername: domain,
  ca,
});

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Readable;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  localAddress?: string;
}

/** A request through nginx by HTTP/1.1. */
export function ask(
  nginx: Nginx,
  path: string,
  { method = 'GET', headers, body, localAddress }: Question = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { ...tlsOptions(nginx), method, path, agent: false, localAddress };
    const host = `${domain}:${nginx.port}`;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    httpsRequest({ ...options, headers: { host, ...length, ...headers } }, (answer) =>
      resolve({ status: answer.statusCode!, headers: answer.headers, body: answer }),
    )
      .on('error', reject)
      .end(body);
  });
}
