/**
 * What the attacker does: a web page in the operator's own browser reaches for the server on loopback, either under a
 * name of its own that resolves to 127.0.0.1 (DNS rebinding: Host is foreign) or by a cross-site POST (Origin is foreign).
 * What must hold: neither gets an answer, whatever the server's keys.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../support/index.ts';
import { rawRequest } from '../support/raw-request.ts';

const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] });

test('a foreign Host is refused on loopback, ours are not', async (t) => {
  const h = await createHarness(t, { config: { allowedHosts: ['box.lan'] } });
  const { port } = new URL(h.url);
  const statusFor = async (host: string) => (await rawRequest(`${h.url}/v1/models`, { headers: { host } })).status;
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    'localhost',
    'LOCALHOST',
    `[::1]:${port}`,
    'app.localhost',
    'box.lan:8080',
    'Box.LAN.',
  ]) {
    assert.equal(await statusFor(host), 200, host);
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '127.0.0.1:80:80',
    '169.254.1.1',
  ]) {
    assert.equal(await statusFor(host), 403, host);
  }
});

test('a foreign Origin is refused, simple request or not', async (t) => {
  const h = await createHarness(t, { config: { allowedOrigins: ['https://app.example'] } });
  const statusFor = async (origin: string, type: string) =>
    (
      await rawRequest(`${h.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { origin, 'content-type': type },
        body,
      })
    ).status;
  for (const origin of [
    'https://evil.example',
    'null',
    'file://',
    'http://localhost.evil.example',
    'http://evil.example:8080',
    'https://app.example.evil.example',
  ]) {
    assert.equal(await statusFor(origin, 'text/plain'), 403, origin);
    assert.equal(await statusFor(origin, 'application/json'), 403, origin);
  }
  assert.equal(h.upstream.requests.length, 0);
  for (const origin of [
    'https://app.example',
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'http://[::1]:3000',
    h.url,
  ]) {
    assert.equal(await statusFor(origin, 'application/json'), 200, origin);
  }
});

test('beyond loopback any Host is taken unless a list restricts it; probes are never asked', async (t) => {
  const open = await createHarness(t, { config: { host: '0.0.0.0' } });
  assert.equal((await rawRequest(`${open.url}/v1/models`, { headers: { host: 'box.lan' } })).status, 200);
  assert.ok(open.logs.some((line) => line.level === 'warn' && /no client keys/.test(line.message)));
  const closed = await createHarness(t, { config: { host: '0.0.0.0', allowedHosts: ['box.lan'] }, apiKey: 'k' });
  assert.equal((await rawRequest(`${closed.url}/v1/models`, { headers: { host: 'evil.example' } })).status, 403);
  assert.equal((await rawRequest(`${closed.url}/health`, { headers: { host: '10.1.2.3:8080' } })).status, 200);
  assert.ok(!closed.logs.some((line) => /no client keys/.test(line.message)));
});

test('what another site’s page embeds is refused: browsers send no Origin with it, but say Sec-Fetch-Site', async (t) => {
  const h = await createHarness(t);
  const statusFor = async (url: string, headers: Record<string, string>) =>
    (await rawRequest(`${url}/v1/models`, { headers })).status;
  assert.equal(await statusFor(h.url, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403);
  for (const site of ['same-origin', 'same-site', 'none']) {
    assert.equal(await statusFor(h.url, { 'sec-fetch-site': site }), 200, site);
  }
  assert.equal(await statusFor(h.url, { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' }), 200);
  const open = await createHarness(t, { config: { allowedOrigins: ['*'] } });
  assert.equal(await statusFor(open.url, { 'sec-fetch-site': 'cross-site' }), 200);
});

test('patterns of hosts and origins match what they say, and nothing beside it', async (t) => {
  const h = await createHarness(t, {
    config: {
      allowedHosts: ['*.example.com', '.lan', 'fd00:10:244::5', 'bücher.example'],
      allowedOrigins: [
        'https://*.example.com',
        'chrome-extension://*',
        'app://',
        'vscode-webview://',
        'http://box.lan:*',
        'https://plain.example:443',
        'https://bücher.example',
      ],
    },
  });
  const statusFor = async (headers: Record<string, string>) =>
    (await rawRequest(`${h.url}/v1/models`, { headers })).status;
  for (const host of [
    'ai.example.com',
    'a.b.EXAMPLE.com:8443',
    'nas.lan',
    'lan',
    '[fd00:10:244::5]:8080',
    '[fd00:10:244:0:0:0:0:5]',
    'xn--bcher-kva.example',
  ]) {
    assert.equal(await statusFor({ host }), 200, host);
  }
  for (const host of [
    'example.com',
    'evilexample.com',
    'notlan',
    'example.com.evil',
    'x.lan.evil',
    '[fd00:10:244::6]',
  ]) {
    assert.equal(await statusFor({ host }), 403, host);
  }
  for (const origin of [
    'https://ai.example.com',
    'chrome-extension://abcdefgh',
    'app://obsidian.md',
    'app://.',
    'vscode-webview://1sof3jr0abc',
    'http://box.lan:3000',
    'https://plain.example',
    'https://xn--bcher-kva.example',
  ]) {
    assert.equal(await statusFor({ origin }), 200, origin);
  }
  for (const origin of [
    'http://ai.example.com',
    'https://ai.example.com:8443',
    'https://example.com',
    'https://evilexample.com',
    'moz-extension://abcdefgh',
    'https://box.lan:3000',
  ]) {
    assert.equal(await statusFor({ origin }), 403, origin);
  }
});
