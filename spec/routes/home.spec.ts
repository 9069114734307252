/** The base URL: a page for browsers, a list for people's tools, and the sign of life that Ollama's clients look for. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createHarness, type HarnessOptions } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const chromium = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test('a browser gets a page: whether it works, the base URLs, the way to the console', async (t) => {
  const h = await createHarness(t, { apiKey: 'k' });
  const headers = { accept: chromium, 'user-agent': 'Mozilla/5.0', host: 'localhost:1234' };
  const answer = await rawRequest(h.url, { headers });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type']!, /^text\/html/);
  assert.match(answer.body, /It works/);
  assert.match(answer.body, />http:\/\/localhost:1234\/v1</);
  assert.match(answer.body, /href="console\/"/);
  assert.match(String(answer.headers.vary), /Accept, User-Agent/);
});

test('the page says so when the demo alone answers, or nobody', async (t) => {
  const pageOf = async (options: HarnessOptions) =>
    (await rawRequest((await createHarness(t, options)).url, { headers: { accept: chromium } })).body;
  assert.match(await pageOf({ isSignedIn: false }), /only the built-in model <code>demo<\/code> answers/);
  const providers = { demo: { type: 'demo', enabled: false } } as const;
  assert.match(await pageOf({ isSignedIn: false, providers }), /no provider can answer/);
});

test('the page runs its own script and style, and nothing else', async (t) => {
  const h = await createHarness(t);
  const { headers, body } = await rawRequest(h.url, { headers: { accept: chromium } });
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; /);
  assert.doesNotMatch(policy, /unsafe/);
  const inlined = [...body.matchAll(/<(script|style)[^>]*>([^<]*)</g)];
  assert.deepEqual(inlined.map(([, kind]) => kind).sort(), ['script', 'style']);
  for (const [, kind, text] of inlined) {
    const hash = createHash('sha256').update(text!).digest('base64');
    assert.ok(policy.includes(`${kind}-src 'sha256-${hash}'`), kind);
  }
  assert.doesNotMatch(body, / style=| on[a-z]+=/);
});

test('what a client writes as Host is no markup', async (t) => {
  const h = await createHarness(t);
  const host = 'a"><script>';
  const { body } = await rawRequest(h.url, { headers: { accept: chromium, host } });
  assert.doesNotMatch(body, /a"><script>/);
});

test('a person’s tool gets the list of what is served', async (t) => {
  const h = await createHarness(t);
  const people: Record<string, string>[] = [
    { accept: 'application/json' },
    { accept: '*/*', 'user-agent': 'curl/8.5.0' },
    { accept: '*/*', 'user-agent': 'HTTPie/3.2' },
    { 'user-agent': 'Wget/1.21' },
  ];
  for (const headers of people) {
    const { status, body } = await rawRequest(h.url, { headers });
    assert.equal(status, 200);
    const { name, endpoints } = JSON.parse(body) as { name: string; endpoints: string[] };
    assert.equal(name, 'opencompat');
    assert.equal(new Set(endpoints).size, endpoints.length);
    for (const endpoint of ['POST /v1/chat/completions', 'POST /v1/completions', 'POST /api/chat', 'GET /api/tags']) {
      assert.ok(endpoints.includes(endpoint), endpoint);
    }
  }
});

test('a program that takes anything gets what Ollama says', async (t) => {
  const h = await createHarness(t, { apiKey: 'k' });
  for (const headers of [{ accept: '*/*', 'user-agent': 'node' }, { 'user-agent': 'Go-http-client/1.1' }, {}]) {
    const answer = await rawRequest(h.url, { headers: headers as Record<string, string> });
    assert.deepEqual([answer.status, answer.body], [200, 'Ollama is running']);
    assert.match(answer.headers['content-type']!, /^text\/plain/);
    assert.match(String(answer.headers.vary), /Accept, User-Agent/);
  }
});

test('HEAD says that the server runs', async (t) => {
  const h = await createHarness(t);
  for (const path of ['/', '/api/tags', '/api/version']) {
    const { status, body } = await rawRequest(`${h.url}${path}`, { method: 'HEAD' });
    assert.deepEqual([status, body], [200, '']);
  }
});

test('another method is told which ones there are', async (t) => {
  const h = await createHarness(t);
  const allowed = async (path: string) => (await h.fetch(path, { method: 'PUT', body: '{}' })).headers.get('allow');
  assert.equal(await allowed('/v1/models'), 'GET, HEAD');
  assert.equal(await allowed('/v1/embeddings'), 'POST');
  assert.equal(await allowed('/v1/responses/resp_1'), 'GET, HEAD, DELETE');
});
