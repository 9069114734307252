/** chart/README.md from top to bottom, word for word, as a newcomer follows it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, chart, createUpstream, run, signInOf, startRedis, succeed } from './operator.ts';

const namespace = ['--namespace', 'opencompat'];
const kubectl = (...args: string[]) => succeed('kubectl', [...namespace, ...args]);
const apply = (manifest: object) =>
  succeed('kubectl', ['apply', ...namespace, '--filename', '-'], { input: JSON.stringify(manifest) });

/** The shell blocks behind `<!-- run: NAME -->`, in their order. */
async function readCommands(): Promise<[name: string, command: string][]> {
  const readme = await readFile(join(chart, 'README.md'), 'utf8');
  const blocks = readme.matchAll(/^<!-- run: (\S+) -->\n```sh\n([\s\S]*?)^```/gm);
  return [...blocks].map(([, name, command]) => [name!, command!]);
}

async function readStatefulSet() {
  return JSON.parse(await kubectl('get', 'statefulset', 'opencompat', '--output', 'json'));
}

/** What must be there before a block, because the README takes it for granted. */
const before: Readonly<Record<string, () => Promise<unknown>>> = {
  replicas: () => startRedis({ kubectl: (args) => kubectl(...args) }),
  monitoring: () =>
    apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'opencompat-metrics-token' },
      stringData: { token: 'a-token-of-prometheus' },
    }),
};

/** What must be so after a block, besides that it succeeded and the Pods are ready. */
const after: Readonly<Record<string, (out: string) => Promise<unknown>>> = {
  secret: () => kubectl('get', 'secret', 'opencompat-auth'),
  ready: async (out) => {
    for (const step of ['health', 'models', 'chat', 'stream']) assert.match(out, new RegExp(`^ok +${step} `, 'm'));
    assert.match(out, /is listening on/);
  },
  ingress: async () => assert.match(await kubectl('get', 'ingress', 'opencompat'), /opencompat\.example\.com/),
  renew: async () =>
    assert.match(await kubectl('logs', 'opencompat-0', '--container', 'seed-credentials'), /sign-in to ChatGPT/),
  template: async (out) => assert.match(out, /^kind: Ingress$/m),
  look: async (out) => assert.match(out, /^ok +auth\.json holds a sign-in to ChatGPT/m),
  uninstall: async () => assert.doesNotMatch(await kubectl('get', 'pvc'), /opencompat-0/),
  offline: async () => {
    const [server] = (await readStatefulSet()).spec.template.spec.containers;
    assert.match(server.image, /^registry\.example\.internal\/opencompat:/);
  },
  config: async () => assert.match(await kubectl('logs', 'opencompat-0'), /hello from a plugin/),
  'config-file': async () => assert.match(await kubectl('get', 'configmap', 'opencompat-file', '-o=yaml'), /low/),
  replicas: async () => assert.equal((await readStatefulSet()).status.readyReplicas, 3),
  monitoring: () => kubectl('get', 'servicemonitor/opencompat', 'prometheusrule/opencompat'),
};

/** While the block runs, whoever is on this machine has an answer. */
async function portForward(command: string, cwd: string): Promise<void> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `exec ${command}`], { cwd, stdio: 'ignore' });
  const ended = once(child, 'close');
  try {
    let answer = await ask('http://127.0.0.1:8080', { isStreaming: true }).catch(() => undefined);
    while (!answer && child.exitCode === null) {
      await sleep(100);
      answer = await ask('http://127.0.0.1:8080', { isStreaming: true }).catch(() => undefined);
    }
    assert.ok(answer, 'nobody answers');
    assert.match(await text(answer), /\[DONE\]/);
  } finally {
    child.kill();
    await ended;
  }
}

test('chart/README.md', { timeout: 400_000 }, async (t) => {
  const work = await mkdtemp(join(tmpdir(), 'opencompat-readme-'));
  const home = join(work, 'home');
  t.after(async () => {
    await run('kubectl', ['delete', 'namespace', 'opencompat', '--wait=false']);
    await rm(work, { recursive: true, force: true });
  });
  const { upstream, values } = await createUpstream(t);
  await cp(chart, join(work, 'chart'), { recursive: true });
  // The one thing that is not as the newcomer has it: this ChatGPT.
  let defaults = await readFile(join(work, 'chart', 'values.yaml'), 'utf8');
  for (const [name, value] of Object.entries(values)) {
    if (name !== 'config') defaults = defaults.replace(`\n${name}: []`, `\n${name}: ${JSON.stringify(value)}`);
  }
  const { chatgptBaseUrl, chatgptAuthUrl } = values.config as Record<string, string>;
  const named = `config:\n  chatgptBaseUrl: ${chatgptBaseUrl}\n  chatgptAuthUrl: ${chatgptAuthUrl}\n`;
  await writeFile(join(work, 'chart', 'values.yaml'), defaults.replace('\nconfig:\n', `\n${named}`));
  // What `opencompat login` leaves.
  const cli = fileURLToPath(new URL('../../../lib/cli.ts', import.meta.url));
  await mkdir(home);
  await writeFile(join(work, 'sign-in.json'), signInOf(upstream).stringData['auth.json']);
  const env = { HOME: home, XDG_DATA_HOME: '' };
  await succeed(process.execPath, [cli, 'login', '--import', join(work, 'sign-in.json')], { env, cwd: home });

  const commands = await readCommands();
  assert.ok(commands.length >= 15, `${commands.length} blocks`);
  for (const [name, command] of commands) {
    await t.test(name, { timeout: 120_000 }, async () => {
      await before[name]?.();
      if (name === 'port-forward') return portForward(command, work);
      const out = await succeed('bash', ['-euo', 'pipefail', '-c', command], { cwd: work, env });
      if ((await run('kubectl', [...namespace, 'get', 'statefulset', 'opencompat'])).status === 0) {
        await kubectl('rollout', 'status', 'statefulset/opencompat', '--timeout=90s');
      }
      await after[name]?.(out);
    });
  }
});
