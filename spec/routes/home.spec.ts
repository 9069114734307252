/** The base URL: a list for people, and the sign of life that Ollama's clients look for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const chromium = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test('a person gets the list of what is served', async (t) => {
  const h = await createHarness(t);
  const people: Record<string, string>[] = [
    { accept: chromium, 'user-agent': 'Mozilla/5.0' },
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
