/** Paths that plugins serve themselves, each behind the guard of its choice. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineMiddleware, type Middleware, type PluginRoute, type RouteGuard } from '../../lib/index.ts';
import { makeDirectory } from '../auth/support.ts';
import { adminKey, codeOf, createConsole, signIn } from '../routes/console/support.ts';
import { createHarness } from '../support/index.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

const clientKey = 'a-client-key-of-ours';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function serving(...routes: PluginRoute[]): Middleware {
  return defineMiddleware({
    name: 'notes',
    create(_options, { addRoute }) {
      for (const route of routes) addRoute(route);
      return (_req, _res, next) => next();
    },
  }) as Middleware;
}

const tell = (guard: RouteGuard): PluginRoute => ({
  method: 'get',
  path: `/${guard}`,
  guard,
  handler: ({ exchange }, res) => void res.json({ client: exchange.clientName }),
});
const echo = (guard: RouteGuard): PluginRoute => ({
  method: 'post',
  path: `/${guard}/:id`,
  guard,
  handler: (req, res) => void res.json({ id: req.params.id, body: req.exchange.body }),
});
const broken: PluginRoute = {
  method: 'get',
  path: '/broken',
  guard: 'none',
  handler() {
    throw new Error('out of ponies');
  },
};
const prefixes = { none: '/plugins', 'client-key': '/plugins', admin: '/console/api/plugins' };
const guards = ['none', 'client-key', 'admin'] as const;

test('guards, foreign pages, bodies, failures and limits', async (t) => {
  const plugin = serving(...guards.map(tell), ...guards.map(echo), broken);
  const h = await createConsole(t, { config: { apiKeys: [clientKey] }, plugins: [plugin] });
  function ask(guard: RouteGuard, headers: Record<string, string> = {}, body?: string): Promise<RawAnswer> {
    const url = `${h.url}${prefixes[guard]}/notes/${guard}${body === undefined ? '' : '/7'}`;
    return rawRequest(url, { method: body === undefined ? 'GET' : 'POST', headers, body });
  }
  const page = await signIn(h);
  const { cookie = '' } = page;

  await t.test('each guard lets in whom it should', async () => {
    for (const [guard, headers, expected] of [
      ['none', {}, '127.0.0.1'],
      ['client-key', bearer(clientKey), 'key-1'],
      ['admin', bearer(adminKey), 'console'],
      ['admin', { cookie }, 'console'],
    ] as const) {
      const answer = await ask(guard, headers);
      assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { client: expected }], guard);
    }
  });

  await t.test('and nobody else', async () => {
    for (const [guard, headers, expected] of [
      ['client-key', {}, '401 invalid_api_key'],
      ['client-key', bearer('wrong'), '401 invalid_api_key'],
      ['client-key', bearer(adminKey), '401 invalid_api_key'],
      ['client-key', { cookie }, '401 invalid_api_key'],
      ['admin', {}, '401 signed_out'],
      ['admin', bearer('wrong'), '401 invalid_admin_key'],
      ['admin', bearer(clientKey), '401 invalid_admin_key'],
    ] as const) {
      assert.equal(codeOf(await ask(guard, headers)), expected, `${guard} ${JSON.stringify(headers)}`);
    }
    assert.equal(codeOf(await ask('admin', { cookie }, '{}')), '403 csrf_token_missing');
  });

  await t.test('foreign names and pages are kept out of all of them', async () => {
    const good = { none: {}, 'client-key': bearer(clientKey), admin: { cookie } };
    for (const guard of guards) {
      for (const [name, value] of [
        ['host', 'rebound.example'],
        ['origin', 'https://foreign.example'],
        ['sec-fetch-site', 'cross-site'],
      ] as const) {
        const answer = await ask(guard, { ...good[guard], [name]: value });
        assert.equal(answer.status, 403, `${guard} ${name}`);
      }
    }
  });

  await t.test('bodies are read behind the guard', async () => {
    const body = '{"text":"Hello"}';
    for (const [guard, headers] of [
      ['none', {}],
      ['client-key', bearer(clientKey)],
      ['admin', page],
    ] as const) {
      const answer = await ask(guard, headers, body);
      assert.deepEqual(JSON.parse(answer.body), { id: '7', body: { text: 'Hello' } }, guard);
    }
    assert.equal(codeOf(await ask('none', {}, '{')), '400 invalid_json');
    assert.equal(codeOf(await ask('client-key', {}, '{')), '401 invalid_api_key');
  });

  await t.test('an answer loads nothing from elsewhere, and no page may use it', async () => {
    const { headers } = await ask('none');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  await t.test('a failure is shaped and logged, other methods and paths are refused', async () => {
    const failed = await h.fetch('/plugins/notes/broken');
    const told = await failed.text();
    assert.equal(failed.status, 500);
    assert.equal(JSON.parse(told).error.code, 'middleware_failed');
    assert.doesNotMatch(told, /ponies/);
    assert.equal((await h.fetch('/plugins/notes/none', { method: 'DELETE' })).status, 405);
    assert.equal((await h.fetch('/plugins/notes/other')).status, 404);
    assert.ok(h.logs.some(({ path, status }) => path === '/plugins/notes/broken' && status === 500));
    const listed = (await (await h.fetch('/', { headers: { accept: 'application/json' } })).json()) as object;
    assert.match(JSON.stringify(listed), /GET \/plugins\/notes\/client-key/);
  });

  await t.test('a reload with other limits takes effect, and the paths stay', async () => {
    assert.equal((await h.reload({ rateLimit: 2 })).outcome, 'taken');
    assert.equal((await ask('none')).status, 429);
    await h.reload({ rateLimit: 0, console: false });
    assert.equal((await ask('none')).status, 200);
    assert.equal(codeOf(await ask('admin', bearer(adminKey))), '404 console_off');
  });
});

test('a file is sent as it is now, with its type', async (t) => {
  const file = join(await makeDirectory(t), '.page.html');
  await writeFile(file, '<p>One</p>');
  const h = await createHarness(t, { plugins: [serving({ method: 'get', path: '/page', guard: 'none', file })] });
  const url = '/plugins/notes/page';
  const answer = await h.fetch(url);
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(await answer.text(), '<p>One</p>');
  await writeFile(file, '<p>Two</p>');
  assert.equal(await (await h.fetch(url)).text(), '<p>Two</p>');
  assert.equal(await (await h.fetch(url, { method: 'HEAD' })).text(), '');
});

test('what is no usable route is a fault of the start', async (t) => {
  const good = tell('none');
  for (const [routes, reason] of [
    [[{ ...good, path: '/../admin' }], /path must be like/],
    [[{ ...good, path: 'page' }], /path must be like/],
    [[{ ...good, path: '/' }], /path must be like/],
    [[{ ...good, guard: 'nobody' }], /guard must be one of admin, client-key, none/],
    [[{ ...good, method: 'use' }], /method must be one of get, post, delete/],
    [[{ ...good, handler: 'me' }], /needs a handler or a file/],
    [[{ method: 'get', path: '/page', guard: 'none', file: '/nonexistent/page.html' }], /no file/],
    [[good, good], /GET \/plugins\/notes\/none is served already/],
  ] as const) {
    await assert.rejects(createHarness(t, { plugins: [serving(...(routes as unknown as PluginRoute[]))] }), reason);
  }
});

test('a route that comes after the start is refused', async (t) => {
  let add: ((route: PluginRoute) => void) | undefined;
  const late = defineMiddleware({
    name: 'late',
    create(_options, { addRoute }) {
      add = addRoute;
      return (_req, _res, next) => next();
    },
  });
  await createHarness(t, { plugins: [late] });
  assert.throws(() => add!(tell('none')), /only while `create` runs/);
});

test('a client that reads nothing of a file is left', { timeout: 20_000 }, async (t) => {
  const file = join(await makeDirectory(t), 'large.txt');
  await writeFile(file, Buffer.alloc(50_000_000));
  const h = await createHarness(t, {
    plugins: [serving({ method: 'get', path: '/large.txt', guard: 'none', file })],
    config: { upstreamIdleTimeout: 0.3, keepaliveInterval: 0 },
  });
  const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET /plugins/notes/large.txt HTTP/1.1\r\nhost: ${new URL(h.url).host}\r\n\r\n`);
  while (!h.logs.some(({ path, aborted }) => path === '/plugins/notes/large.txt' && aborted) && !t.signal.aborted) {
    await sleep(20);
  }
});
