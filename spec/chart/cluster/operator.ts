/**
 * The cluster that `.ci/check-cluster` has brought up, as its operator sees it. Specs run in its network: they reach Pods and
 * Services, and Pods reach what a spec starts at the node's address.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createFakeChatGpt, type FakeChatGpt } from '../../support/fake-chatgpt.ts';
import type { Manifest } from '../render.ts';

/** The node's own address. */
export const nodeAddress = '10.99.0.1';
export const chart = fileURLToPath(new URL('../../../chart', import.meta.url));
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** For standard input. */
  input?: string;
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  { input = '', cwd, env }: CommandOptions = {},
): Promise<Outcome> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
  child.stdin.on('error', () => {}).end(input);
  const ended = once(child, 'close');
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}

/** @throws when it fails */
export async function succeed(program: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { status, out, err } = await run(program, args, options);
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${err}${out}`);
  return out;
}

/** Until it holds; a test's own timeout ends the waiting. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}

export interface Namespace {
  readonly name: string;
  kubectl(args: readonly string[], input?: string): Promise<string>;
  get(...what: string[]): Promise<Manifest>;
  apply(manifest: object | string): Promise<void>;
  /** `helm install` or `helm upgrade` of the release `opencompat`, until its Pods are as they should be. */
  helm(verb: 'install' | 'upgrade', values: object, ...args: string[]): Promise<void>;
  /** The same, but not waited for, and it may fail. */
  tryHelm(verb: 'install' | 'upgrade', values: object, ...args: string[]): Promise<Outcome>;
  rolledOut(): Promise<void>;
  /** Until the Pods are gone too. */
  uninstall(): Promise<void>;
  /** `helm test`; gives what the test wrote. */
  test(): Promise<string>;
  /** Claims with their volumes. The release must be gone. */
  deleteClaims(): Promise<void>;
  /** Where the server is for whoever is in the cluster. */
  url(): Promise<string>;
}

/** A namespace with what the value files take for granted; it is deleted when the test ends. */
export async function createNamespace(t: Pick<TestContext, 'after'>): Promise<Namespace> {
  const name = `spec-${randomBytes(4).toString('hex')}`;
  const kubectl = (args: readonly string[], input?: string) =>
    succeed('kubectl', ['--namespace', name, ...args], { input });
  await kubectl(['create', 'namespace', name]);
  t.after(() => kubectl(['delete', 'namespace', name, '--wait=false']));
  await kubectl(['apply', '--filename', here('neighbours.yaml')]);

  const url = async () => {
    const { spec } = JSON.parse(await kubectl(['get', 'service', 'opencompat', '--output', 'json']));
    return `http://${spec.clusterIP}:${spec.ports[0].port}`;
  };
  const rolledOut = async () => {
    await kubectl(['rollout', 'status', 'statefulset/opencompat', '--timeout=120s']);
    // That a Pod is ready reaches the node's table of Services a moment later.
    const health = `${await url()}/health`;
    await until(
      async () => (await fetch(health, { headers: { connection: 'close' } }).catch(() => undefined)) !== undefined,
    );
  };
  const tryHelm = (verb: string, values: object, ...args: string[]) => {
    const folder = args.find((arg) => arg.startsWith('/') && !arg.endsWith('.yaml')) ?? chart;
    const rest = args.filter((arg) => arg !== folder);
    return run('helm', [verb, 'opencompat', folder, '--namespace', name, ...rest, '--values', '-'], {
      input: JSON.stringify(values),
    });
  };
  return {
    name,
    kubectl,
    url,
    rolledOut,
    tryHelm,
    get: async (...what) => JSON.parse(await kubectl(['get', ...what, '--output', 'json'])),
    async apply(manifest) {
      const input = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
      await kubectl(['apply', '--filename', '-'], input);
    },
    async helm(verb, values, ...args) {
      const { status, out, err } = await tryHelm(verb, values, ...args);
      assert.equal(status, 0, err + out);
      await rolledOut();
    },
    async uninstall() {
      await succeed('helm', ['uninstall', 'opencompat', '--namespace', name]);
      await kubectl([
        'wait',
        '--for=delete',
        'pod',
        '--selector',
        'statefulset.kubernetes.io/pod-name',
        '--timeout=60s',
      ]);
    },
    test: () => succeed('helm', ['test', 'opencompat', '--namespace', name, '--logs']),
    async deleteClaims() {
      await kubectl(['delete', 'pvc', '--selector', 'app.kubernetes.io/instance=opencompat']);
    },
  };
}

/** Redis in the namespace, as the README names it. */
export async function startRedis({ kubectl }: Pick<Namespace, 'kubectl'>): Promise<void> {
  await kubectl(['apply', '--filename', here('redis.yaml')]);
  await kubectl(['rollout', 'status', 'deployment/redis', '--timeout=60s']);
}

export interface Upstream {
  readonly upstream: FakeChatGpt;
  /** What names it: addresses, and the certificate by which Pods know it. To be spread, and added to. */
  readonly values: { readonly config: object } & Manifest;
}

/** A stand-in for ChatGPT that Pods reach by HTTPS at the node's address. */
export async function createUpstream(t: Pick<TestContext, 'after'>): Promise<Upstream> {
  const { key, certificate } = await makeCertificate(`IP:${nodeAddress}`);
  const upstream = await createFakeChatGpt();
  const door = createServer({ key, cert: certificate }, (socket) => {
    const behind = connect(Number(new URL(upstream.url).port), '127.0.0.1');
    const close = () => [socket, behind].map((side) => side.destroy());
    socket.on('error', close).on('close', close).pipe(behind).on('error', close).on('close', close).pipe(socket);
  });
  await once(door.listen(0, nodeAddress), 'listening');
  t.after(async () => {
    door.close();
    await upstream.close();
  });
  const url = `https://${nodeAddress}:${(door.address() as AddressInfo).port}`;
  const metadata = { name: 'upstream-ca' };
  return {
    upstream,
    values: {
      config: { chatgptBaseUrl: `${url}/backend-api`, chatgptAuthUrl: url, instructionsRefresh: 0 },
      extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/upstream-ca/ca.crt' }],
      extraVolumes: [{ name: 'upstream-ca', configMap: metadata }],
      extraVolumeMounts: [{ name: 'upstream-ca', mountPath: '/upstream-ca', readOnly: true }],
      extraManifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': certificate } }],
    },
  };
}

/** One that vouches for itself. @param name as in a subjectAltName: `DNS:…`, `IP:…` */
export async function makeCertificate(name: string): Promise<{ key: string; certificate: string }> {
  // By way of `cat`: what Node gives as standard output cannot be opened by its name.
  const command = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=spec \\
    -addext "subjectAltName=$0" -keyout /dev/stdout -out /dev/stdout | cat`;
  const out = await succeed('bash', ['-euo', 'pipefail', '-c', command, name]);
  const part = (kind: string) => new RegExp(`-----BEGIN ${kind}[\\s\\S]*?END ${kind}-----\\n`).exec(out)![0];
  return { key: part('PRIVATE KEY'), certificate: part('CERTIFICATE') };
}

/** The secret that `kubectl create secret generic opencompat-auth --from-file=auth.json` makes of the account's newest tokens. */
export function signInOf({ account }: FakeChatGpt): Manifest {
  const { accessToken: access_token, refreshToken: refresh_token, idToken: id_token } = account.tokens;
  const chatgpt = { type: 'oauth', access_token, refresh_token, id_token, last_refresh: new Date().toISOString() };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'opencompat-auth' },
    stringData: { 'auth.json': JSON.stringify({ version: 1, chatgpt }) },
  };
}

export interface Question {
  isStreaming?: boolean;
  key?: string;
  model?: string;
  /** Of the message. */
  content?: string;
  /** On a connection of its own, as clients without a pool have it. */
  isAlone?: boolean;
}

/** Asks for a chat completion, and gives the answer as it comes. */
export async function ask(url: string, question: Question = {}): Promise<IncomingMessage> {
  const { isStreaming = false, key, model = 'gpt-5.5', content = 'Hello', isAlone = true } = question;
  const sent = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    ...(isAlone && { agent: false }),
  });
  sent.end(JSON.stringify({ model, stream: isStreaming, messages: [{ role: 'user', content }] }));
  const [answer] = await once(sent, 'response');
  return answer;
}

/** The whole answer. */
export async function askWhole(url: string, question?: Question): Promise<{ status: number; body: Manifest }> {
  const answer = await ask(url, question);
  return { status: answer.statusCode!, body: (await json(answer)) as Manifest };
}

export async function statusOf(url: string, question?: Question): Promise<number> {
  return (await askWhole(url, question)).status;
}
