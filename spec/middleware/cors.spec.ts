import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, content-type, x-stainless-lang',
};

test('a preflight of an allowed origin gets what it asks for, without a key', async (t) => {
  const h = await createHarness(t, { apiKey: 'k', config: { allowedOrigins: ['https://app.example'] } });
  const answer = await rawRequest(`${h.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', ...preflight },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers['access-control-allow-origin'], 'https://app.example');
  assert.equal(answer.headers['access-control-allow-headers'], preflight['access-control-request-headers']);
  assert.match(answer.headers['access-control-allow-methods']!, /DELETE/);
  assert.match(answer.headers.vary!, /Origin/);
});

test('a preflight of another origin gets nothing', async (t) => {
  const h = await createHarness(t);
  const answer = await rawRequest(`${h.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', ...preflight },
  });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
});

test('answers and errors can be read by an allowed page, with the headers that SDKs look at', async (t) => {
  const h = await createHarness(t, { apiKey: 'k' });
  for (const authorization of ['Bearer k', 'Bearer wrong']) {
    const answer = await rawRequest(`${h.url}/v1/models`, {
      headers: { origin: 'http://localhost:3000', authorization },
    });
    assert.equal(answer.headers['access-control-allow-origin'], 'http://localhost:3000');
    for (const name of ['x-request-id', 'retry-after', 'x-ratelimit-remaining-requests']) {
      assert.ok(answer.headers['access-control-expose-headers']?.includes(name), name);
    }
  }
});

test('with * every origin may', async (t) => {
  const h = await createHarness(t, { config: { allowedOrigins: ['*'] } });
  const answer = await rawRequest(`${h.url}/v1/models`, { headers: { origin: 'https://any.example' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['access-control-allow-origin'], 'https://any.example');
});
