import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defineMiddleware, type Handler } from '../../lib/chain/middleware.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { ConfigError, type Fault } from '../../lib/options/faults.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/index.ts';

const pluginPath = (name: string) => join(dirname(fileURLToPath(import.meta.url)), '../fixtures', 'plugins', name);
const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

/** A middleware of nothing but its handler. */
const inline = (name: string, handler: Handler) => defineMiddleware({ name, create: () => handler });

async function faultsOf(promise: Promise<unknown>): Promise<readonly Fault[]> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.faults;
  }
  throw new Error('the server started');
}

const configured = (t: import('node:test').TestContext, middleware: HarnessOptions['config']) =>
  createHarness(t, { config: middleware });

test('a plugin by its path changes the answer, with the defaults of its options', async (t) => {
  const h = await configured(t, { middleware: [{ plugin: pluginPath('shout.ts'), enabled: true }] });
  h.upstream.reply('text-hello.sse');
  const answer = await h.client.chat.completions.create(hello);
  const text = answer.choices[0]!.message.content!;
  assert.equal(text, text.toUpperCase());
  assert.match(text, /!$/);
});

test('every fault of every plugin is reported, all at once', async (t) => {
  const faults = await faultsOf(
    configured(t, {
      middleware: [
        { plugin: pluginPath('no-default-export.ts'), enabled: true },
        { plugin: pluginPath('not-a-middleware.ts'), enabled: true },
        { plugin: pluginPath('throws-at-import.ts'), enabled: true },
        { plugin: pluginPath('missing-dependency.js'), enabled: true },
        { plugin: pluginPath('syntax-error.js'), enabled: true },
        { plugin: pluginPath('not-there.ts'), enabled: true },
        { plugin: 'opencompat-plugin-that-does-not-exist', enabled: true },
        { plugin: pluginPath('shout.ts'), enabled: true, options: { mrak: '?', loudness: 'loudr' } },
        { plugin: pluginPath('shout.ts'), enabled: true, before: 'rate-limt' },
        { box: 'acess-log', enabled: false },
        { box: 'rate-limit', enabled: true, options: { perMinute: 'many' } },
        { plugin: pluginPath('shout.ts'), enabled: true, apis: ['chat-completion'] },
      ],
    }),
  );
  const found = (path: string) =>
    faults.find((fault) => fault.path === path) ?? assert.fail(`no fault at ${path}: ${JSON.stringify(faults)}`);
  for (let index = 0; index < 7; index += 1)
    assert.match(found(`middleware[${index}].plugin`).reason, /^cannot be loaded/);
  assert.match(found('middleware[2].plugin').reason, /broken at import/);
  assert.equal(found('middleware[7].options.mrak').nearest, 'mark');
  assert.equal(found('middleware[7].options.loudness').nearest, 'loud');
  assert.equal(found('middleware[8].before').nearest, 'rate-limit');
  assert.equal(found('middleware[9].box').nearest, 'access-log');
  assert.match(found('middleware[10].options.perMinute').reason, /whole number/);
  assert.equal(found('middleware[11].apis[0]').nearest, 'chat-completions');
});

test('a plugin that cannot be created is named', async (t) => {
  const faults = await faultsOf(
    configured(t, { middleware: [{ plugin: pluginPath('create-throws.ts'), enabled: true }] }),
  );
  assert.match(faults[0]!.reason, /'create-throws' cannot be created: no database/);
});

test('a plugin that gives no handler, or has no usable name, is told so at the start', async (t) => {
  const empty = { ...inline('empty', undefined as never) };
  const faults = await faultsOf(createHarness(t, { plugins: [empty] }));
  assert.deepEqual(
    faults.map(({ reason }) => reason),
    ["'empty' cannot be created: its `create` must return a handler: a function (req, res, next)"],
  );
  const named = await faultsOf(createHarness(t, { plugins: [inline('Two Words', (_req, _res, next) => next())] }));
  assert.match(named[0]!.reason, /^a middleware’s name must consist of lower-case letters, digits and single hyphens/);
  assert.equal(named[0]!.value, 'Two Words');
});

test('a chain in an order that its boxes cannot have is refused', async (t) => {
  const early = defineMiddleware({
    name: 'early',
    after: ['proxy-that-is-not-there'],
    create: () => (_req, _res, next) => next(),
  });
  const late = defineMiddleware({ name: 'late', after: ['validate'], create: () => (_req, _res, next) => next() });
  const twin = inline('cors', (_req, _res, next) => next());
  const faults = await faultsOf(createHarness(t, { plugins: [early, [late, {}, { before: 'cors' }], twin] }));
  assert.ok(
    faults.some(({ reason }) =>
      reason.includes("'early' must stand after 'proxy-that-is-not-there', which is not in the chain"),
    ),
  );
  assert.ok(faults.some(({ reason }) => reason === "'late' must stand after 'validate'"));
  assert.ok(faults.some(({ value, reason }) => value === 'cors' && reason.includes('have this name')));
});

test('plugins stand where they say: before, after, in the place of a box, and by default before rewrite-request', async (t) => {
  const order: string[] = [];
  const note = (name: string) =>
    inline(name, (req, _res, next) => {
      order.push(name);
      if (name === 'default') assert.ok(req.exchange.model);
      next();
    });
  const h = await createHarness(t, {
    plugins: [
      note('default'),
      [note('before-auth'), {}, { before: 'client-auth' }],
      [note('after-auth'), {}, { after: 'client-auth' }],
      [note('instead'), {}, { replace: 'rate-limit' }],
      [note('elsewhere'), {}, { apis: ['chat-completions'], after: 'default' }],
    ],
  });
  await h.client.chat.completions.create(hello);
  assert.deepEqual(order, ['before-auth', 'after-auth', 'instead', 'default', 'elsewhere']);
  order.length = 0;
  await h.client.models.list();
  assert.deepEqual(order, ['before-auth', 'after-auth', 'instead']);
});

test('a plugin of one API is changed for that API without a fault in the others', async (t) => {
  const h = await configured(t, {
    middleware: [
      { plugin: pluginPath('shout.ts'), enabled: true, apis: ['chat-completions'] },
      { box: 'shout', enabled: true, apis: ['chat-completions'], options: { mark: '?' } },
    ],
  });
  h.upstream.reply('text-hello.sse');
  const answer = await h.client.chat.completions.create(hello);
  assert.match(answer.choices[0]!.message.content!, /\?$/);
});

test('a box can be switched off', async (t) => {
  const h = await configured(t, { middleware: [{ box: 'security-headers', enabled: false }] });
  assert.equal((await h.fetch('/health')).headers.get('x-content-type-options'), null);
});

/** Each costs one request, says who it was, and leaves the server as it was. */
const misdeeds: [string, Handler, RegExp][] = [
  [
    'throws',
    () => {
      throw new Error('a secret detail');
    },
    /'throws' failed/,
  ],
  [
    'throws-nothing',
    () => {
      throw undefined;
    },
    /'throws-nothing' failed/,
  ],
  [
    'rejects',
    async () => {
      throw new Error('a secret detail');
    },
    /'rejects' failed/,
  ],
  ['passes-an-error', (_req, _res, next) => next(new Error('a secret detail')), /'passes-an-error' failed/],
  ['never-answers', () => {}, /'never-answers' neither answered nor passed the request on/],
  ['never-settles', () => new Promise(() => {}), /'never-settles' neither answered/],
];
for (const [name, handler, message] of misdeeds) {
  test(`a plugin that ${name.replaceAll('-', ' ')} costs one request and is named`, async (t) => {
    let isBad = true;
    const plugin = inline(name, (req, res, next) => (isBad ? handler(req, res, next) : next()));
    const h = await createHarness(t, { plugins: [plugin], config: { middlewareTimeout: 0.05 } });
    await assert.rejects(h.client.chat.completions.create(hello), (error: { status?: number; message: string }) => {
      assert.equal(error.status, 500);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /a secret detail/);
      return true;
    });
    assert.equal(h.upstream.requests.length, 0);
    isBad = false;
    assert.ok(await h.client.chat.completions.create(hello));
  });
}

test('a plugin that calls next twice is reported, and the request is made once', async (t) => {
  const plugin = inline('eager', (_req, _res, next) => {
    next();
    next();
  });
  const h = await createHarness(t, { plugins: [plugin] });
  assert.ok(await h.client.chat.completions.create(hello));
  assert.equal(h.upstream.requests.length, 1);
  assert.ok(h.logs.some((line) => line.level === 'error' && line.middleware === 'eager'));
});

test('a plugin that fails behind next() is reported, and the answer stands', async (t) => {
  const plugin = inline('late', async (_req, _res, next) => {
    next();
    throw new Error('too late');
  });
  const h = await createHarness(t, { plugins: [plugin] });
  assert.ok(await h.client.chat.completions.create(hello));
  assert.ok(h.logs.some((line) => line.level === 'error' && line.middleware === 'late'));
});

test('a plugin that refuses gives the client an error of its API', async (t) => {
  const plugin = inline('picky', () => {
    throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason: 'Not today.' }, { param: 'messages' });
  });
  const h = await createHarness(t, { plugins: [plugin] });
  await assert.rejects(h.client.chat.completions.create(hello), {
    status: 400,
    param: 'messages',
    code: 'unsupported_value',
  });
});

test('a plugin may answer by itself', async (t) => {
  const h = await createHarness(t, {
    plugins: [
      inline('cache', (_req, res) => {
        res.json({ cached: true });
      }),
    ],
  });
  assert.deepEqual(await (await chat(h, hello)).json(), { cached: true });
  assert.equal(h.upstream.requests.length, 0);
});

test('a field that is read too early says which box sets it', async (t) => {
  const plugin = inline('hasty', (req, _res, next) => {
    void req.exchange.request;
    next();
  });
  const h = await createHarness(t, { plugins: [[plugin, {}, { before: 'parse-body' }]] });
  await assert.rejects(h.client.chat.completions.create(hello), /exchange\.request was read before 'validate' set it/);
});

test('a transform that throws ends its stream with an error that names the plugin', async (t) => {
  const plugin = inline('faulty', (req, _res, next) => {
    let seen = 0;
    req.exchange.onEvent((event, emit) => {
      if (event.type === 'response.output_text.delta' && ++seen === 2) throw new Error('a secret detail');
      emit(event);
    });
    next();
  });
  const h = await createHarness(t, { plugins: [plugin] });
  h.upstream.reply('text-hello.sse', { splitEveryBytes: 100 });
  const body = await (await chat(h, { ...hello, stream: true })).text();
  assert.match(body, /"error":\{"message":"The middleware 'faulty' failed\./);
  assert.doesNotMatch(body, /a secret detail|\[DONE\]/);
  assert.ok(await h.client.models.list());
});

test('close is called when the server stops, whatever it throws', async (t) => {
  const closed: string[] = [];
  const tidy = defineMiddleware({
    name: 'tidy',
    create(_options, { onClose }) {
      onClose(() => void closed.push('onClose'));
      return (_req, _res, next) => next();
    },
    close() {
      closed.push('close');
      throw new Error('cannot close');
    },
  });
  const h = await createHarness(t, { plugins: [tidy] });
  await h.close();
  assert.deepEqual(closed.sort(), ['close', 'onClose']);
});

function chat(h: Harness, body: object): Promise<Response> {
  return h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

test('a start that fails closes what was opened', async (t) => {
  const closed: string[] = [];
  const opener = defineMiddleware({
    name: 'opener',
    create(_options, { onClose }) {
      onClose(() => {
        closed.push('opener');
      });
      return (_req, _res, next) => next();
    },
  });
  const broken = defineMiddleware({
    name: 'broken',
    create() {
      throw new Error('no');
    },
  });
  await faultsOf(createHarness(t, { plugins: [opener, broken] }));
  assert.deepEqual(closed, ['opener']);

  const { server } = await createHarness(t);
  await assert.rejects(createHarness(t, { plugins: [opener], config: { port: server.address.port } }), {
    code: 'OC_CANNOT_LISTEN',
  });
  assert.deepEqual(closed, ['opener', 'opener']);
});

test('a plugin in a package that is CommonJS, as npm 11 makes it, is told how to become a module', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-plugin-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  for (const name of ['plugin.ts', 'plugin.js']) {
    await copyFile(pluginPath('shout.ts'), join(folder, name));
    const faults = await faultsOf(configured(t, { middleware: [{ plugin: join(folder, name), enabled: true }] }));
    assert.match(faults[0]!.reason, /npm pkg set type=module/, name);
  }
});
