import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReset } from '../../lib/chain/charge-key.ts';
import { createHarness } from '../support/index.ts';

test('beyond the limit: 429 in the client API, with the headers that SDKs read', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 2 } });
  const answers = [await h.fetch('/v1/models'), await h.fetch('/v1/models'), await h.fetch('/v1/models')];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429],
  );
  assert.deepEqual(
    answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests')),
    ['1', '0', '0'],
  );
  const last = answers[2]!;
  assert.equal(last.headers.get('x-ratelimit-limit-requests'), '2');
  assert.match(last.headers.get('x-ratelimit-reset-requests')!, /^(1m0s|\d+s|\d+ms)$/);
  assert.ok(Number(last.headers.get('retry-after')) > 0);
  assert.equal(((await last.json()) as { error: { code: string } }).error.code, 'rate_limit_exceeded');
  await assert.rejects(h.client.models.list(), { status: 429, type: 'requests' });
});

test('one limit for all paths, and each client key has its own', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 1, apiKeys: ['a', 'b'] } });
  const statusFor = async (key: string, path: string, init: RequestInit = {}) =>
    (await h.fetch(path, { ...init, headers: { authorization: `Bearer ${key}` } })).status;
  assert.equal(await statusFor('a', '/v1/models'), 200);
  assert.equal(await statusFor('a', '/v1/chat/completions', { method: 'POST', body: '{}' }), 429);
  assert.equal(await statusFor('b', '/v1/models'), 200);
  assert.equal((await h.fetch('/health')).status, 200);
});

test('behind a trusted proxy each forwarded address has its own limit; otherwise the header is not believed', async (t) => {
  const statuses = async (trustedProxies: string[]) => {
    const h = await createHarness(t, { config: { rateLimit: 1, trustedProxies } });
    const seen = [];
    for (const address of ['198.51.100.1', '198.51.100.2']) {
      seen.push((await h.fetch('/v1/models', { headers: { 'x-forwarded-for': address } })).status);
    }
    return seen;
  };
  assert.deepEqual(await statuses(['127.0.0.1']), [200, 200]);
  assert.deepEqual(await statuses([]), [200, 429]);
});

test('a forwarded address is one client, whatever port of its own a proxy names', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 1, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } });
  const statusFor = async (address: string) =>
    (await h.fetch('/v1/models', { headers: { 'x-forwarded-for': address } })).status;
  assert.equal(await statusFor('198.51.100.1:1111'), 200);
  assert.equal(await statusFor('198.51.100.1:2222'), 429);
  assert.equal(await statusFor('198.51.100.1'), 429);
  assert.equal(
    await statusFor('198.51.100.1:3333, 10.0.0.7:4444'),
    429,
    'the proxy in between is known by its address',
  );
  assert.equal(await statusFor('[2001:db8:1::1]:1111'), 200);
  assert.equal(await statusFor('[2001:db8:1::1]:2222'), 429);
  assert.equal(await statusFor('2001:db8:1::1'), 429);
  assert.equal(await statusFor('[2001:db8:2::1]'), 200);
});

test('IPv6 addresses of one subnet are one client', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 1, trustedProxies: ['127.0.0.1'] } });
  const statusFor = async (address: string) =>
    (await h.fetch('/v1/models', { headers: { 'x-forwarded-for': address } })).status;
  assert.equal(await statusFor('2001:db8:1:100::1'), 200);
  assert.equal(await statusFor('2001:db8:1:1ff:ffff::9'), 429);
  assert.equal(await statusFor('2001:db8:2::1'), 200);
});

test('0 switches it off', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 0 } });
  assert.equal((await h.fetch('/v1/models')).headers.get('x-ratelimit-limit-requests'), null);
});

test('durations are written as OpenAI writes them', () => {
  assert.deepEqual([0, 20, 999, 1000, 59_001, 360_000, 61_000].map(formatReset), [
    '0ms',
    '20ms',
    '999ms',
    '1s',
    '1m0s',
    '6m0s',
    '1m1s',
  ]);
});
