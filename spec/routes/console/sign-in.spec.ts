/** Who gets into the console, and who does not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { writeHash } from '../../../lib/config/key-hash.ts';
import { ConsoleSessions, maxSessions, sessionMs, ticketMs } from '../../../lib/console/sessions.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { adminKey, ask, codeOf, cookieOf, createConsole, operatorKey, signIn } from './support.ts';

const foreignOrigins = ['https://evil.example', 'http://localhost:1', 'null'];

async function ticketFor(h: { url: string }): Promise<string> {
  const headers = { authorization: `Bearer ${operatorKey}` };
  const { body } = await rawRequest(`${h.url}/-/console`, { method: 'POST', headers });
  return JSON.parse(body).ticket;
}

test('an admin key opens a session, whose cookie only this page’s requests carry', async (t) => {
  const h = await createConsole(t);
  const answer = await ask(h, 'POST', 'session', { body: { key: adminKey } });
  assert.equal(answer.status, 200);
  const [cookie = ''] = answer.headers['set-cookie']!;
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  // The browser then takes the path of the request: /console/api.
  assert.doesNotMatch(cookie, /path|domain/i);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const told = JSON.parse((await ask(h, 'GET', 'session', { headers: { cookie: cookieOf(answer) } })).body);
  assert.deepEqual(Object.keys(told), ['csrf', 'expiresAt', 'version']);
  assert.ok(Date.parse(told.expiresAt) > Date.now());
  assert.ok(h.logs.some(({ message, by }) => message === 'the console was opened' && by === 'admin-key-1'));
});

test('the cookie is for TLS alone where a trusted proxy ends it', async (t) => {
  const h = await createConsole(t, { config: { trustedProxies: ['loopback'] } });
  const headers = { 'x-forwarded-proto': 'https' };
  const answer = await ask(h, 'POST', 'session', { body: { key: adminKey }, headers });
  assert.match(answer.headers['set-cookie']![0]!, /; Secure$/);
  const plain = await createConsole(t);
  const untrusted = await ask(plain, 'POST', 'session', { body: { key: adminKey }, headers });
  assert.doesNotMatch(untrusted.headers['set-cookie']![0]!, /Secure/);
});

test('a one-time link is good once', async (t) => {
  const h = await createConsole(t, { config: { adminKeys: [] } });
  const ticket = await ticketFor(h);
  const page = await signIn(h, { ticket });
  assert.equal((await ask(h, 'GET', 'overview', { headers: page })).status, 200);
  assert.equal(codeOf(await ask(h, 'POST', 'session', { body: { ticket } })), '401 invalid_ticket');
  assert.equal((await rawRequest(`${h.url}/-/console`, { method: 'POST' })).status, 403);
});

test('links and sessions end with their time, and there are so many and no more', () => {
  let nowMs = 0;
  const sessions = new ConsoleSessions(() => nowMs);
  const admin = { name: 'a', keyId: undefined };
  const ticket = sessions.createTicket();
  const { token } = sessions.open(admin);
  nowMs = ticketMs;
  assert.equal(sessions.takeTicket(ticket), false);
  assert.ok(sessions.find(token));
  nowMs = sessionMs;
  assert.equal(sessions.find(token), undefined);
  const tokens = Array.from({ length: maxSessions + 1 }, () => sessions.open(admin).token);
  assert.deepEqual(
    tokens.map((one) => sessions.find(one) !== undefined),
    [false, ...Array(maxSessions).fill(true)],
  );
});

test('a client key does not open it, and an admin key is no client key', async (t) => {
  const h = await createConsole(t, { apiKey: 'a-client-key' });
  const headers = { authorization: 'Bearer a-client-key' };
  assert.equal(codeOf(await ask(h, 'GET', 'overview', { headers })), '401 invalid_admin_key');
  assert.equal(codeOf(await ask(h, 'POST', 'session', { body: { key: 'a-client-key' } })), '401 invalid_admin_key');
  assert.equal(
    codeOf(await ask(h, 'POST', 'session', { body: { key: operatorKey } })),
    '401 invalid_admin_key',
    'the operator’s key is for tickets',
  );
  const asClient = await h.fetch('/v1/models', { headers: { authorization: `Bearer ${adminKey}` } });
  assert.equal(asClient.status, 401);
  const report = await h.reload({ adminKeys: [writeHash('a-client-key')] });
  assert.equal(report.outcome, 'refused');
  assert.equal(report.faults?.[0]?.code, 'OC_ADMIN_KEY_FOR_CLIENTS');
});

test('wrong keys and links are limited together, and whoever has used the right one goes on', async (t) => {
  const h = await createConsole(t, { config: { wrongKeyLimit: 3 } });
  const wrong = [{ key: 'a' }, { ticket: 'b' }, { key: '' }];
  for (const body of wrong) assert.equal((await ask(h, 'POST', 'session', { body })).status, 401);
  const refused = await ask(h, 'POST', 'session', { body: { key: adminKey } });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  const other = await createConsole(t, { config: { wrongKeyLimit: 3 } });
  await signIn(other);
  for (const body of [...wrong, ...wrong]) await ask(other, 'POST', 'session', { body });
  assert.ok(await signIn(other));
});

test('without a sign-in nothing is told but how to sign in', async (t) => {
  const h = await createConsole(t);
  for (const [method, path] of [
    ['GET', 'overview'],
    ['GET', 'no-such-path'],
    ['POST', 'reload'],
    ['DELETE', 'session'],
    ['POST', 'try/chat'],
  ] as const) {
    const answer = await ask(h, method, path, { body: method === 'POST' ? {} : undefined });
    assert.equal(codeOf(answer), '401 signed_out', path);
  }
  const { ways } = JSON.parse((await ask(h, 'GET', 'session')).body);
  assert.deepEqual(ways, ['key', 'link']);
  const keyless = await createConsole(t, { config: { adminKeys: [] } });
  const told = JSON.parse((await ask(keyless, 'GET', 'session')).body);
  assert.deepEqual(told.ways, ['link']);
  assert.match(told.error.message, /opencompat console.*adminKeys/);
  assert.equal(codeOf(await ask(keyless, 'POST', 'session', { body: { key: 'any' } })), '401 no_admin_keys');
});

test('what changes something needs the session’s token', async (t) => {
  const h = await createConsole(t);
  const { cookie = '', 'x-csrf-token': token = '' } = await signIn(h);
  const other = await signIn(h);
  const post = (headers: Record<string, string>) => ask(h, 'POST', 'reload', { body: {}, headers });
  assert.equal(codeOf(await post({ cookie })), '403 csrf_token_missing');
  assert.equal(codeOf(await post({ cookie, 'x-csrf-token': other['x-csrf-token']! })), '403 csrf_token_missing');
  assert.equal((await ask(h, 'DELETE', 'session', { headers: { cookie } })).status, 403);
  assert.equal((await ask(h, 'DELETE', 'session', { headers: { cookie, 'x-csrf-token': token } })).status, 204);
  assert.equal((await ask(h, 'GET', 'overview', { headers: { cookie } })).status, 401);
});

test('pages of other origins and ports, and other Hosts, are refused, also where the APIs let them in', async (t) => {
  const h = await createConsole(t, { config: { allowedOrigins: ['*'] } });
  const page = await signIn(h);
  for (const origin of foreignOrigins) {
    assert.equal(codeOf(await ask(h, 'GET', 'overview', { headers: { ...page, origin } })), '403 origin_not_allowed');
    const answer = await ask(h, 'POST', 'session', { body: { key: adminKey }, headers: { origin } });
    assert.equal(codeOf(answer), '403 origin_not_allowed');
  }
  for (const site of ['cross-site', 'same-site']) {
    const headers = { ...page, 'sec-fetch-site': site };
    assert.equal(codeOf(await ask(h, 'GET', 'overview', { headers })), '403 origin_not_allowed');
  }
  const own = { origin: h.url, 'sec-fetch-site': 'same-origin' };
  assert.equal((await ask(h, 'GET', 'overview', { headers: { ...page, ...own } })).status, 200);
  const rebound = await ask(h, 'GET', 'overview', { headers: { ...page, host: 'evil.example' } });
  assert.equal(codeOf(rebound), '403 host_not_allowed');
});

test('a session ends when its key leaves the configuration, and outlives other reloads', async (t) => {
  const h = await createConsole(t);
  const page = await signIn(h);
  await h.reload({ rateLimit: 77 });
  assert.equal((await ask(h, 'GET', 'overview', { headers: page })).status, 200);
  await h.reload({ adminKeys: [writeHash('another')] });
  assert.equal(codeOf(await ask(h, 'GET', 'overview', { headers: page })), '401 signed_out');
});

test('switched off, there is none', async (t) => {
  const h = await createConsole(t, { config: { console: false } });
  const authorization = `Bearer ${adminKey}`;
  for (const path of ['', 'assets/main.js', 'api/session', 'api/overview']) {
    const answer = await rawRequest(`${h.url}/console/${path}`, { headers: { authorization } });
    assert.equal(codeOf(answer), '404 console_off', path);
  }
  assert.equal((await ask(h, 'POST', 'try/chat', { body: {}, headers: { authorization } })).status, 404);
  const headers = { authorization: `Bearer ${operatorKey}` };
  assert.equal((await rawRequest(`${h.url}/-/console`, { method: 'POST', headers })).status, 404);
});

test('bodies that are no JSON object, or too large, are refused', async (t) => {
  const h = await createConsole(t);
  const headers = { 'content-type': 'application/json' };
  const post = (body: string) => rawRequest(`${h.url}/console/api/session`, { method: 'POST', headers, body });
  assert.equal(codeOf(await post('{')), '400 invalid_json');
  assert.equal(codeOf(await post('[]')), '400 invalid_json');
  assert.equal((await post(`{"key":"${'x'.repeat(300_000)}"}`)).status, 413);
  assert.equal((await post('{"key":{"a":1}}')).status, 401);
});

test('a body that is too large is refused while it is still coming', async (t) => {
  const h = await createConsole(t);
  const socket = connect(Number(new URL(h.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write('POST /console/api/session HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000000\r\n\r\n{');
  const [head] = await once(socket, 'data');
  assert.match(String(head), /^HTTP\/1\.1 413 /);
});
