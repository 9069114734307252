/** The server as a process of its own: how it starts, what it survives, how it ends. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { watchTerminal } from '../../lib/server/process.ts';
import { startFake } from '../support/box-harness.ts';
import { processEnv } from '../support/process-env.ts';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '../..', 'lib', 'cli.ts');

interface Running {
  url: string;
  child: ChildProcess;
  output(): string;
  /** Resolves when the output has it. */
  logged(line: RegExp): Promise<void>;
  home: string;
  /** The configuration. */
  file: string;
  /** Puts other lines into the configuration file. */
  change(config: string): void;
  ended: Promise<number | null>;
}

async function start(t: TestContext, config: string, nodeFlags: readonly string[] = []): Promise<Running> {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-'));
  const file = join(home, 'opencompat.config.yaml');
  const change = (text: string) =>
    writeFileSync(file, `port: 0\ndemo: true\nlogFormat: json\ninstructionsRefresh: 0\n${text}`);
  change(config);
  const child = spawn(process.execPath, [...nodeFlags, cli, '--config', file], {
    cwd: home,
    env: { HOME: home, ...processEnv },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      output += part;
      for (const look of waiting) look();
    });
  }
  const logged = (line: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (line.test(output)) resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(output)));
    });
  await logged(/listening on http:[^"]+"/);
  const [, url = ''] = /listening on (http:[^"]+)"/.exec(output)!;
  return { url, child, home, file, output: () => output, logged, change, ended };
}

function ask(
  { url }: Running,
  content: string,
  headers: Record<string, string> = {},
  model = 'demo',
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
  });
}

test('SIGTERM: the running stream finishes, nothing new is taken, and the process ends with 0', async (t) => {
  const server = await start(t, '');
  const answer = await ask(server, 'Tell me a story');
  server.child.kill('SIGTERM');
  assert.match(await answer.text(), /\[DONE\]/);
  await assert.rejects(ask(server, 'One more'));
  assert.equal(await server.ended, 0);
  assert.match(server.output(), /"message":"stopped"/);
});

test('a changed file, SIGHUP and `opencompat reload` take up a configuration, and the running stream goes on', async (t) => {
  const server = await start(t, '');
  const answer = await ask(server, 'Tell me a story');
  server.change('aliases: { parrot: demo }\n');
  await server.logged(/was reloaded","reason":"a file has changed","changes":"aliases.parrot added"/);
  assert.match(await answer.text(), /\[DONE\]/);
  assert.match(await (await ask(server, 'Hello', {}, 'parrot')).text(), /\[DONE\]/);

  server.change('watch: false\n');
  server.child.kill('SIGHUP');
  await server.logged(/was reloaded","reason":"(SIGHUP|a file has changed)","changes":"watch, aliases.parrot removed"/);
  server.change('watch: false\naliasse: {}\n');
  const refused = await reload(server);
  assert.deepEqual(
    [refused.status, refused.output],
    [
      2,
      `The configuration has a fault (file: ${server.file}):
  opencompat.config.yaml:6  aliasse: is not a known key here; did you mean 'aliases'?
The server goes on with the configuration that it has.
`,
    ],
  );
  server.change('watch: false\naliases: { parrot: demo }\nresponsesStore: off\n');
  const taken = await reload(server);
  assert.deepEqual(
    [taken.status, taken.output],
    [0, 'Reloaded: aliases.parrot added.\nChanged too, and counting after a restart: responsesStore.\n'],
  );
  assert.equal((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status, 403);
  server.child.kill('SIGTERM');
  await server.ended;
  const nobody = await reload(server);
  assert.equal(nobody.status, 1);
  assert.match(nobody.output, /^No server that keeps its data in \S+ runs here\./);
});

test('`opencompat console` prints a link that opens the running server’s console, once', async (t) => {
  const server = await start(t, 'usageStore: off\n');
  const { status, output } = await runFor(server, 'console', '--no-open');
  assert.equal(status, 0, output);
  const [, url, ticket] = /^(\S+\/console\/)#ticket=(\S+)$/m.exec(output)!;
  const headers = { 'content-type': 'application/json' };
  const open = () => fetch(`${url}api/session`, { method: 'POST', headers, body: JSON.stringify({ ticket }) });
  assert.deepEqual([(await open()).status, (await open()).status], [200, 401]);
});

const reload = (server: Running) => runFor(server, 'reload');

/** Runs a command as the server's user. */
async function runFor({ home }: Running, ...args: string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: home, env: { HOME: home, ...processEnv } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

test('SIGHUP of a terminal that is closed ends what was started in it', () => {
  const open = new Set([0, 1, 2]);
  const hasLostTerminal = watchTerminal((file) => open.has(file));
  assert.equal(hasLostTerminal(), false);
  open.clear();
  assert.equal(hasLostTerminal(), true);
  assert.equal(watchTerminal(() => false)(), false, 'a service has none to lose');
});

/** Those at which the answer can no longer reach the client whole, and those that come behind its end. */
const places = {
  during: [
    'head',
    'tick',
    'immediate',
    'timer',
    'promise',
    'drain',
    'request data',
    'request end',
    'upstream response',
    'upstream data',
    'upstream socket',
  ],
  behind: ['request close', 'response finish', 'response close', 'socket close', 'upstream end', 'upstream close'],
};

test('an error that nobody catches costs the request alone in which it is thrown', async (t) => {
  const fake = await startFake(t, { models: ['box-model'] });
  const thrower = join(here, '../fixtures', 'throw-in-requests.ts');
  const box = `providers: { box: { type: openai-compatible, baseURL: "${fake.url}" } }\n`;
  const server = await start(t, box, ['--import', thrower]);
  const askAt = (place: string) => {
    const model = place.startsWith('upstream') ? 'box/box-model' : 'demo';
    return ask(server, `throw: ${place}`, { 'x-throw-at': place }, model).then((answer) => answer.text(), String);
  };

  for (const place of [...places.during, ...places.behind]) {
    const answers = [await askAt(place), await askAt(place)];
    for (const answer of places.during.includes(place) ? answers : []) assert.doesNotMatch(answer, /\[DONE\]/, place);
    assert.ok(server.output().includes(`thrown at ${place}`), place);
    assert.match(await (await ask(server, 'Hello')).text(), /\[DONE\]/, place);
  }

  const headers = { 'x-throw-at': 'socket data' };
  const webSocket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, { headers });
  await once(webSocket, 'open');
  webSocket.send(JSON.stringify({ type: 'response.create', model: 'demo', input: 'Hello' }));
  await once(webSocket, 'close');
  assert.match(server.output(), /thrown at socket data/);

  assert.match(await (await ask(server, 'Hello')).text(), /\[DONE\]/);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
});

test('an idle server ends at once on SIGINT', async (t) => {
  const server = await start(t, '');
  await (await fetch(`${server.url}/health`)).text();
  server.child.kill('SIGINT');
  assert.equal(await server.ended, 0);
});

test('a plugin that slips outside any request is named, and the server goes on', async (t) => {
  const server = await start(t, `middleware:\n  - plugin: ${join(here, '../fixtures', 'plugins', 'slips-later.ts')}\n`);
  for (let round = 0; round < 3; round += 1) assert.match(await (await ask(server, 'Hello')).text(), /\[DONE\]/);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.includes('slips-later.ts') && line.includes('"level":"error"'));
  assert.ok(lines.some((line) => line.includes('thrown in a timer')));
  assert.ok(lines.some((line) => line.includes('rejected in passing')));
});

test('a server whose log nobody reads any more answers on, and ends when it is told to', async (t) => {
  const server = await start(t, '');
  server.child.stdout!.destroy();
  server.child.stderr!.destroy();
  const kept = server.output().length;
  for (let round = 0; round < 3; round += 1) assert.match(await (await ask(server, 'Hello')).text(), /\[DONE\]/);
  assert.equal(server.output().length, kept);
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0);
});

test('a port that is taken: words, not a stack', async (t) => {
  const first = await start(t, '');
  const child = spawn(process.execPath, [cli, '--port', new URL(first.url).port, '--instructions-refresh', '0'], {
    env: { HOME: tmpdir(), ...processEnv },
  });
  let error = '';
  child.stderr.on('data', (part) => {
    error += part;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(status, 1);
  assert.match(error, /^Cannot listen on 127\.0\.0\.1:\d+: another program already listens there \(EADDRINUSE\)\./);
  assert.doesNotMatch(error, /\n {4}at /);
});
