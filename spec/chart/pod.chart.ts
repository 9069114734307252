/** The Pod's own commands, environment and probes, run as processes: what the kubelet would start, without the kubelet. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { environmentOf, type Manifest, oldestKubernetes, type Rendered, renderChart } from './render.ts';

const cli = join(import.meta.dirname, '../../lib/cli.ts');

interface Node {
  /** Where the Pod's paths are on this machine. */
  readonly root: string;
  run(rendered: Rendered, container: Manifest, change?: Record<string, string>): ChildProcess;
}

async function createNode(t: TestContext): Promise<Node> {
  const root = await makeDirectory(t);
  const local = (text: string) => text.replace(/^\/(data|cache|auth-seed|config)(?=\/|$)/, `${root}/$1`);
  return {
    root,
    run(rendered, container, change = {}) {
      const env = Object.entries(environmentOf(rendered, container)).map(([name, text]) => [name, local(text)]);
      const args = container.args.map(local);
      const child = spawn(process.execPath, [cli, ...args.map((arg: string) => change[arg] ?? arg)], {
        cwd: root,
        env: { PATH: process.env.PATH, HOME: root, ...Object.fromEntries(env), ...change },
      });
      t.after(() => child.kill('SIGKILL'));
      return child;
    },
  };
}

async function outcomeOf(child: ChildProcess): Promise<{ status: number; output: string }> {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [status] = await once(child, 'close');
  return { status, output };
}

/** Runs the init container, then the server, on a port that is free. */
async function start(node: Node, rendered: Rendered): Promise<{ url: string; seeding: string; server: ChildProcess }> {
  const { status, output } = await outcomeOf(node.run(rendered, rendered.pod.spec.initContainers[0]));
  assert.equal(status, 0, output);
  const server = node.run(rendered, rendered.server, { OPENCOMPAT_PORT: '0' });
  server.stderr!.resume();
  const lines = createInterface({ input: server.stdout! });
  for await (const line of lines) {
    const url = JSON.parse(line).base_url?.replace(/\/v1$/, '');
    if (!url) continue;
    server.stdout!.resume();
    return { url, seeding: output, server };
  }
  assert.fail('the server did not start');
}

/** `fetch` does not let anyone choose the Host header. */
async function requestAs(url: string, host: string, path: string): Promise<number | undefined> {
  const request = get(url + path, { headers: { host } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const statusOf = async (url: string, probe: Manifest) => (await fetch(url + probe.httpGet.path)).status;

test('a fresh install without a secret is ready, and `helm test` is content', async (t) => {
  const node = await createNode(t);
  const rendered = renderChart();
  const { url, seeding, server } = await start(node, rendered);
  assert.match(seeding, /There is no file .*the server starts/);
  for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    assert.equal(await statusOf(url, rendered.server[name]), 200, name);
  }
  const [check] = rendered.get('Pod').spec.containers;
  const { status, output } = await outcomeOf(node.run(rendered, check, { 'http://opencompat:8080': url }));
  assert.equal(status, 0, output);
  for (const step of ['health', 'models', 'chat', 'stream']) assert.match(output, new RegExp(`^ok +${step} `, 'm'));

  server.kill('SIGTERM');
  const [exitCode] = await once(server, 'exit');
  assert.equal(exitCode, 0);
});

test('a secret is seeded where the server looks, private, and the server can replace it', async (t) => {
  const node = await createNode(t);
  const secret = { version: 1, chatgpt: { refresh_token: 'rt_of_the_secret', last_refresh: '2026-11-23T10:00:00Z' } };
  await mkdir(join(node.root, 'auth-seed'));
  await writeFile(join(node.root, 'auth-seed/auth.json'), JSON.stringify(secret));
  const rendered = renderChart();
  const seed = () => outcomeOf(node.run(rendered, rendered.pod.spec.initContainers[0]));
  assert.match((await seed()).output, /Took over the sign-in to ChatGPT/);
  const path = join(node.root, 'data/opencompat/auth.json');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const held = JSON.parse(await readFile(path, 'utf8'));
  assert.equal(held.chatgpt.refresh_token, 'rt_of_the_secret');

  await writeFile(path, JSON.stringify({ ...held, chatgpt: { ...held.chatgpt, refresh_token: 'rt_refreshed' } }));
  assert.match((await seed()).output, /is the one seen before/);
  assert.match(await readFile(path, 'utf8'), /rt_refreshed/);

  secret.chatgpt = { refresh_token: 'rt_of_the_new_secret', last_refresh: '2026-11-24T10:00:00Z' };
  await writeFile(join(node.root, 'auth-seed/auth.json'), JSON.stringify(secret));
  assert.match((await seed()).output, /Took over the sign-in to ChatGPT/);
  assert.match(await readFile(path, 'utf8'), /rt_of_the_new_secret/);
});

test('a sign-in that has ended leaves the Pod in service, where it says what to do', async (t) => {
  const node = await createNode(t);
  const ended = { version: 1, chatgpt: { access_token: 'ended', expires_at: '2020-01-01T00:00:00Z' } };
  await mkdir(join(node.root, 'auth-seed'));
  await writeFile(join(node.root, 'auth-seed/auth.json'), JSON.stringify(ended));
  const rendered = renderChart();
  const { url } = await start(node, rendered);
  assert.equal(await statusOf(url, rendered.server.readinessProbe), 200);
  assert.equal(await statusOf(url, rendered.server.livenessProbe), 200);
  const { status, providers } = (await (await fetch(`${url}/ready`)).json()) as {
    status: string;
    providers: { chatgpt: { reason: string } };
  };
  assert.equal(status, 'degraded');
  assert.match(providers.chatgpt.reason, /opencompat login/);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^opencompat_provider_ready\{provider="chatgpt"\} 0$/m);
  const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { 'content-type': 'application/json' };
  const refused = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
  assert.match(await refused.text(), /opencompat login/);
});

test('client keys of the values are asked for, and `helm test` has one', async (t) => {
  const node = await createNode(t);
  const rendered = renderChart({ values: { config: { apiKeys: ['oc-first', 'oc-second'] } } });
  const { url } = await start(node, rendered);
  assert.equal((await fetch(`${url}/v1/models`)).status, 401);
  const [check] = rendered.get('Pod').spec.containers;
  const { status, output } = await outcomeOf(node.run(rendered, check, { 'http://opencompat:8080': url }));
  assert.equal(status, 0, output);
});

test('allowed hosts do not keep out probes, Prometheus or `helm test`', async (t) => {
  const node = await createNode(t);
  const rendered = renderChart({ values: { config: { allowedHosts: ['api.example.org'] } } });
  const { url } = await start(node, rendered);
  for (const host of ['opencompat:8080', 'opencompat.ai.svc:8080', 'api.example.org']) {
    assert.equal(await requestAs(url, host, '/metrics'), 200, host);
  }
  assert.equal(await requestAs(url, 'evil.example', '/metrics'), 403);
  assert.equal(await requestAs(url, '10.0.0.7:8080', '/health'), 200);
});

test('the hook before the end waits as long as it says, on a Kubernetes that cannot wait by itself', () => {
  const { server } = renderChart({ kubernetes: oldestKubernetes, values: { preStopSeconds: 1 } });
  const [program, ...args] = server.lifecycle.preStop.exec.command;
  assert.equal(program, '/nodejs/bin/node');
  const startedAtMs = performance.now();
  assert.equal(spawnSync(process.execPath, args).status, 0);
  assert.ok(performance.now() - startedAtMs >= 1000);
});
