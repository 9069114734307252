/** Providers from plugins: the one of the guide, in the configuration and in a test, and broken ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../lib/config/load.ts';
import { withLocatedFaults } from '../../lib/config/located-faults.ts';
import { chatUpstream, defineProvider, OpenCompatError, type Provider } from '../../lib/index.ts';
import { ConfigError, type Fault } from '../../lib/options/faults.ts';
import { planProviders } from '../../lib/providers/plan.ts';
import { createServer } from '../../lib/server/server.ts';
import { createHarness, type Harness } from '../support/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'lib/providers/README.md'), 'utf8');
const parrotSource = /```ts provider\n([\s\S]*?)```/.exec(guide)![1]!;
const entrySource = /```yaml\n([\s\S]*?)```/.exec(guide)![1]!;
const fixture = (name: string) => join(root, 'spec/fixtures/providers', name);

/** A folder with the guide's plugin, and a configuration. */
function createFolder(t: TestContext, config = entrySource, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-providers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ 'opencompat.config.yaml': config, ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function load(folder: string) {
  const config = join(folder, 'opencompat.config.yaml');
  const flags = { config, port: '0', logLevel: 'error' };
  return loadConfig({ cwd: folder, env: { HOME: folder }, flags, isTerminal: false });
}

test('the guide’s provider, from a file, through the whole server', async (t) => {
  const folder = createFolder(t, entrySource.replace('./plugins/', './'), { 'parrot.ts': parrotSource });
  const server = await createServer(load(folder), { logStream: process.stderr });
  t.after(() => server.close());
  const ask = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await fetch(`${server.url}${path}`, body && init)).text();
  };
  const messages = [{ role: 'user', content: 'Hello' }];
  for (const model of ['parrot', 'polly/parrot', 'POLLY/parrot']) {
    const answer = JSON.parse(await ask('/v1/chat/completions', { model, messages }));
    assert.equal(answer.choices[0].message.content, 'Hello Hello ', JSON.stringify(answer));
  }
  const stream = await ask('/v1/chat/completions', { model: 'parrot', messages, stream: true, stop: ['o H'] });
  assert.match(stream, /"content":"Hell"/);
  assert.doesNotMatch(stream, /Hello/);
  assert.match(stream, /\[DONE\]/);
  assert.match(await ask('/v1/models'), /"id":"parrot".*"owned_by":"nature"/);
  assert.match(await ask('/ready'), /"polly":\{"ready":true\}/);
});

/** A provider of nothing but what it must have. */
function minimal(parts: Partial<Provider> = {}) {
  return defineProvider({
    create: (_options, { name }) => ({
      name,
      title: 'Minimal',
      models: () => [{ id: 'tiny', createdS: 0, ownedBy: 'me', efforts: [] }],
      readiness: () => ({ isReady: true }),
      buildRequest: () => ({ method: 'POST', url: new URL('tiny:/'), headers: {}, body: '', api: chatUpstream }),
      toError: (status) => new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `tiny: ${status}` }),
      ...parts,
    }),
  });
}

const hello = { model: 'tiny', messages: [{ role: 'user' as const, content: 'Hello' }] };

async function ask(h: Harness, body: object = hello) {
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

test('in a test, with options', async (t) => {
  const seen: unknown[] = [];
  const curious = defineProvider({
    options: { type: 'object', properties: { depth: { type: 'integer', default: 3 }, word: { type: 'string' } } },
    async create({ depth, word }, services) {
      seen.push(depth, word, services.name, services.config.port, typeof services.scheduler.schedule);
      return (await minimal().create({}, services)) as Provider;
    },
  });
  const h = await createHarness(t, { providers: { one: [curious, { word: 'x' }], two: minimal() } });
  assert.deepEqual(seen, [3, 'x', 'one', 0, 'function']);
  const { data } = (await (await h.fetch('/v1/models')).json()) as { data: { id: string }[] };
  assert.deepEqual(
    data.map(({ id }) => id).filter((id) => id.endsWith('tiny')),
    ['tiny', 'two/tiny'],
  );
});

test('its refusals, and answers that are none, are errors of that request', async (t) => {
  const answerWith = (statusCode: number, parts: string[]) =>
    minimal({
      answer: () =>
        Object.assign(
          (async function* () {
            yield* parts;
          })(),
          { statusCode, headers: {} },
        ) as never,
    });
  const h = await createHarness(t, {
    providers: {
      refusing: answerWith(418, ['no']),
      odd: answerWith(200, ['data: nonsense\n\n']),
      empty: answerWith(200, []),
    },
  });
  const statusOf = async (model: string) => (await ask(h, { ...hello, model })).status;
  assert.deepEqual(await Promise.all(['refusing/tiny', 'odd/tiny', 'empty/tiny'].map(statusOf)), [502, 502, 502]);
});

test('one that throws costs its own requests and no others', async (t) => {
  const failing = (parts: Partial<Provider>) => minimal(parts);
  const fail = () => {
    throw new Error('a secret detail');
  };
  const h = await createHarness(t, {
    providers: {
      'no-models': failing({ models: fail }),
      'odd-models': failing({ models: () => [{}] as never }),
      'no-state': failing({ readiness: fail }),
      'no-request': failing({ buildRequest: fail }),
      'no-answer': failing({ answer: fail }),
      'no-error': failing({
        answer: () => Object.assign([], { statusCode: 500, headers: {} }) as never,
        toError: fail,
      }),
    },
  });
  assert.equal((await ask(h, { ...hello, model: 'gpt-5.5' })).status, 200);
  for (const name of ['no-request', 'no-answer', 'no-error']) {
    const { status, text } = await ask(h, { ...hello, model: `${name}/tiny` });
    assert.equal(status, 500, text);
    assert.doesNotMatch(text, /secret detail/);
  }
  for (const name of ['no-models', 'odd-models']) {
    assert.equal((await ask(h, { ...hello, model: `${name}/tiny` })).status, 404);
  }
  const ready = (await (await h.fetch('/ready')).json()) as { providers: Record<string, { reason?: string }> };
  assert.match(ready.providers['no-state']!.reason!, /The plugin fails/);
  const failures = h.logs.filter(({ message }) => message.startsWith('a provider failed to give'));
  assert.deepEqual(failures.map(({ provider }) => provider).toSorted(), ['no-models', 'no-state', 'odd-models']);
  assert.equal((await ask(h, { ...hello, model: 'gpt-5.5' })).status, 200);
});

async function faultsOf(folder: string): Promise<readonly Fault[]> {
  const loaded = load(folder);
  try {
    await withLocatedFaults(loaded, () => planProviders(loaded.config));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.faults;
  }
  throw new Error('no fault was found');
}

test('every fault of every entry is told, with its line and the nearest name', async (t) => {
  const middleware = join(root, 'spec/fixtures/plugins');
  const config = [
    'providers:', // 1
    '  a: { type: openai-compatible, baseUrl: "http://x" }',
    '  b: { type: openai-compatibel, baseURL: "http://x" }',
    '  c: { type: demo }',
    '  chatgpt: { type: openai-compatible, baseURL: "http://x" }', // 5
    '  d: { baseURL: "http://x" }',
    `  e: { plugin: ${fixture('not-there.ts')} }`,
    `  f: { plugin: ${join(middleware, 'shout.ts')} }`,
    `  g: { plugin: ${join(middleware, 'throws-at-import.ts')} }`,
    `  h: { plugin: ${fixture('small.ts')}, options: { sise: 3 } }`, // 10
    `  i: { plugin: ${fixture('small.ts')}, type: demo }`,
    `  demo: { plugin: ${fixture('small.ts')} }`,
    '  j: { type: openai-compatible, baseURL: "http://x", options: { a: 1 } }',
    `  k: { plugin: ${fixture('small.ts')}, enabled: false, options: { sise: 3 } }`,
    '  openai: { type: openai-compatible, baseURL: "http://x" }', // 15
    'openaiApiKey: sk-x',
  ].join('\n');
  const faults = await faultsOf(createFolder(t, config));
  assert.deepEqual(
    faults
      .map(({ path, line, nearest }): [number?, string?, string?] => [line, path, nearest])
      .toSorted(([a = 0], [b = 0]) => a - b),
    [
      [2, 'providers.a.baseURL', undefined],
      [2, 'providers.a.baseUrl', 'baseURL'],
      [3, 'providers.b.type', 'openai-compatible'],
      [4, 'providers.c.type', undefined],
      [5, 'providers.chatgpt.type', undefined],
      [6, 'providers.d', undefined],
      [7, 'providers.e.plugin', undefined],
      [8, 'providers.f.plugin', undefined],
      [9, 'providers.g.plugin', undefined],
      [10, 'providers.h.options.sise', 'size'],
      [11, 'providers.i.type', undefined],
      [12, 'providers.demo', undefined],
      [13, 'providers.j.options', undefined],
      [16, 'openaiApiKey', undefined],
    ],
  );
  const reasonOf = (path: string) => faults.find((fault) => fault.path === path)!.reason;
  assert.match(reasonOf('providers.f.plugin'), /not a provider.*defineProvider/);
  assert.match(reasonOf('providers.g.plugin'), /broken at import/);
  assert.match(reasonOf('providers.d'), /must have a type \(chatgpt, .*demo\) or a plugin/);
});

test('those that cannot be created are named, all of them, and the others closed again', async (t) => {
  const closed: string[] = [];
  const good = minimal({ close: () => void closed.push('good') });
  const bad = defineProvider({
    create() {
      throw new Error('no database');
    },
  });
  const hollow = defineProvider({ create: () => ({ title: 'Hollow', models: () => [] }) as never });
  const nothing = defineProvider({ create: () => undefined as never });
  await assert.rejects(createHarness(t, { providers: { good, bad, hollow, nothing } }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(
      error.faults.map(({ path, reason }) => [path, reason]),
      [
        ['providers.bad', 'cannot be created: no database'],
        [
          'providers.hollow',
          'cannot be created: what it creates is not a provider: it lacks readiness, buildRequest, toError',
        ],
        [
          'providers.nothing',
          'cannot be created: what it creates is not a provider: it lacks models, readiness, buildRequest, toError',
        ],
      ],
    );
    return true;
  });
  assert.deepEqual(closed, ['good']);
});

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;

test('an answer may be async, a generator or a list', async (t) => {
  const end = 'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  const h = await createHarness(t, {
    providers: {
      later: minimal({ answer: async () => [chunk('Hi'), end] }),
      flowing: minimal({
        async *answer() {
          yield chunk('Hi');
          yield end;
        },
      }),
      bare: defineProvider({
        create: () => ({
          models: () => [{ id: 'tiny' }],
          readiness: () => ({ isReady: true }),
          buildRequest: () => ({ method: 'POST', url: new URL('x:/'), headers: {}, body: '', api: chatUpstream }),
          answer: () => [chunk('Hi'), end],
          toError: () => new OpenCompatError('OC_INTERNAL'),
        }),
      }),
    },
  });
  for (const name of ['later', 'flowing', 'bare']) {
    const { status, text } = await ask(h, { ...hello, model: `${name}/tiny` });
    assert.equal(status, 200, `${name}: ${text}`);
    assert.match(text, /"content":"Hi"/);
  }
});

test('what an answer throws, at once, later or in its midst, keeps its code, or its cause for the log', async (t) => {
  const limited = () => new OpenCompatError('OC_UPSTREAM_RATE_LIMITED', { reason: 'slowly' });
  const breaking = (error: unknown, first = '') =>
    minimal({
      async *answer() {
        if (first) yield first;
        throw error;
      },
    });
  const h = await createHarness(t, {
    providers: {
      rejecting: minimal({ answer: () => Promise.reject(limited()) }),
      throwing: breaking(limited()),
      midway: breaking(limited(), chunk('Hi')),
      buggy: breaking(new TypeError('cannot read properties of the moon'), chunk('Hi')),
    },
  });
  for (const name of ['rejecting', 'throwing', 'midway']) {
    const { status, text } = await ask(h, { ...hello, model: `${name}/tiny` });
    assert.equal(status, 429, `${name}: ${text}`);
    assert.match(text, /slowly/);
  }
  const { status, text } = await ask(h, { ...hello, model: 'buggy/tiny' });
  assert.equal(status, 500);
  assert.match(text, /provider_failed/);
  assert.doesNotMatch(text, /moon/);
  assert.ok(h.logs.some((line) => line.code === 'OC_PROVIDER_FAILED' && JSON.stringify(line.cause).includes('moon')));
  const streamed = await ask(h, { ...hello, model: 'midway/tiny', stream: true });
  assert.match(streamed.text, /Hi[\s\S]*slowly/);
});
