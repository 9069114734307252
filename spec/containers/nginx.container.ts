/**
 * nginx as docker/nginx configures it, in front of a server whose upstream is scripted: TLS, HTTP/2, streams, silence,
 * sizes, addresses. Not part of `npm test`, because it needs nginx and openssl: `.ci/check-containers` runs it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { OpenAI } from 'openai';
import { Agent, fetch as undiciFetch } from 'undici';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { createHarness, defaultText, type Harness, type HarnessOptions } from '../support/index.ts';
import {
  type Answer,
  ask,
  domain,
  type Nginx,
  type NginxOptions,
  type Question,
  startNginx,
  tlsOptions,
} from './nginx.ts';
import { findFreePort } from './support.ts';

/** A server behind nginx, which it trusts. */
async function startBoth(t: TestContext, options: HarnessOptions = {}, nginxOptions: NginxOptions = {}) {
  const harness = await createHarness(t, {
    ...options,
    config: { allowedHosts: [domain], trustedProxies: ['127.0.0.1'], ...options.config },
  });
  const nginx = await startNginx(t, [harness.server.address.port], nginxOptions);
  return { harness, nginx };
}

/** The same by HTTP/2. */
async function askHttp2(t: TestContext, nginx: Nginx, path: string, body: string): Promise<Answer> {
  const session = connectHttp2(nginx.url, {
    createConnection: () => connectTls({ ...tlsOptions(nginx), ALPNProtocols: ['h2'] }),
  });
  t.after(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' });
  stream.end(body);
  const [headers] = await once(stream, 'response');
  return { status: headers[':status'], headers, body: stream };
}

const hello = JSON.stringify({ model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
const json = { 'content-type': 'application/json' };
const askForStream = (nginx: Nginx, path = '/v1/chat/completions', localAddress?: string) =>
  ask(nginx, path, { method: 'POST', headers: json, body: hello, localAddress });

/** Reads until the text so far matches. */
async function readUntil(body: Readable, pattern: RegExp): Promise<string> {
  let read = '';
  for await (const part of body.iterator({ destroyOnReturn: false })) {
    read += part;
    if (pattern.test(read)) return read;
  }
  throw new Error(`The answer ended without ${pattern}:\n${read}`);
}

/** Bytes of the script after which its first delta of text has been sent, and not its last. */
const afterFirstDelta = 2000;

describe('nginx in front', { concurrency: true }, () => {
  test('TLS 1.2 and newer, for its own name only; plain HTTP is sent there', async (t) => {
    const { nginx } = await startBoth(t);
    const answer = await ask(nginx, '/health');
    assert.equal(await text(answer.body), '{"status":"ok"}');
    assert.equal(answer.headers['strict-transport-security'], 'max-age=63072000');
    assert.equal(answer.headers.server, 'nginx');

    const shake = (options: ConnectionOptions) =>
      once(connectTls({ ...tlsOptions(nginx), ...options }), 'secureConnect');
    await shake({ maxVersion: 'TLSv1.2' });
    // Node's own OpenSSL offers such a version only at security level 0.
    const old: ConnectionOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
    await assert.rejects(shake(old), /protocol version/);
    await assert.rejects(shake({ servername: 'other.test' }), /unrecognized name/);

    const [moved] = await once(
      httpRequest({ port: nginx.httpPort, path: '/v1/models?a=b', method: 'POST', headers: { host: domain } }).end(),
      'response',
    );
    moved.resume();
    assert.deepEqual([moved.statusCode, moved.headers.location], [308, `https://${domain}/v1/models?a=b`]);
  });

  const ways: Record<string, (t: TestContext, nginx: Nginx) => Promise<Answer>> = {
    'HTTP/1.1': (_t, nginx) => askForStream(nginx),
    'HTTP/2': (t, nginx) => askHttp2(t, nginx, '/v1/chat/completions', hello),
    'HTTP/2 below a path': (t, nginx) => askHttp2(t, nginx, '/opencompat/v1/chat/completions', hello),
  };
  for (const [name, askIn] of Object.entries(ways)) {
    test(`a stream arrives as it is made, by ${name}`, async (t) => {
      const { harness, nginx } = await startBoth(t);
      harness.upstream.reply('text-hello.sse', { pauseAfterBytes: afterFirstDelta });
      const { status, body } = await askIn(t, nginx);
      assert.equal(status, 200);
      const first = await readUntil(body, /"content":"[^"]/);
      assert.doesNotMatch(first, /\[DONE\]/);
      harness.upstream.last.resume();
      await readUntil(body, /\[DONE\]/);
    });
  }

  test('the openai package, below a path, by HTTP/2', async (t) => {
    const { nginx } = await startBoth(t);
    const lookup = (_host: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    const dispatcher = new Agent({ allowH2: true, connect: { ca: nginx.ca, lookup: lookup as never } });
    t.after(() => dispatcher.close());
    const client = new OpenAI({
      baseURL: `${nginx.url}/opencompat/v1`,
      apiKey: 'none',
      maxRetries: 0,
      fetch: (url, init) => undiciFetch(url as never, { ...init, dispatcher } as never) as never,
    });
    const deltas: string[] = [];
    const stream = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    for await (const chunk of stream) deltas.push(chunk.choices[0]?.delta.content ?? '');
    assert.equal(deltas.join(''), defaultText);
  });

  /** A model that says nothing for a while in the middle of its answer. */
  async function readThroughSilence({ harness, nginx }: { harness: Harness; nginx: Nginx }, silenceMs: number) {
    harness.upstream.reply('text-hello.sse', { pauseAfterBytes: afterFirstDelta });
    const { body } = await askForStream(nginx);
    const whole = text(body);
    const { resume } = await harness.upstream.waitForRequest(0);
    await Promise.race([sleep(silenceMs), whole.catch(() => {})]);
    resume();
    return whole;
  }

  test('a silence longer than the timeout of nginx is bridged by keepalives', async (t) => {
    const both = await startBoth(t, { config: { keepaliveInterval: 0.3 } }, { readTimeoutS: 1 });
    const whole = await readThroughSilence(both, 2500);
    assert.match(whole, /^: ping$/m);
    assert.match(whole, /\[DONE\]/);
  });

  test('without keepalives nginx would give up', async (t) => {
    const both = await startBoth(t, { config: { keepaliveInterval: 0 } }, { readTimeoutS: 1 });
    await assert.rejects(readThroughSilence(both, 20_000), { code: 'ECONNRESET' });
  });

  test('90 seconds of silence, with all timings as they are by default, nginx’s 60 s too', {
    timeout: 150_000,
  }, async (t) => {
    const both = await startBoth(t, {}, { readTimeoutS: 60 });
    const whole = await readThroughSilence(both, 90_000);
    assert.ok(whole.match(/^: ping$/gm)!.length >= 5);
    assert.match(whole, /\[DONE\]/);
  });

  test('a body of the largest size passes, one byte more is refused in words', async (t) => {
    const { harness, nginx } = await startBoth(t);
    const limit = 10 * 1024 * 1024;
    const template = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: '' }] });
    const fill = (bytes: number) => template.replace('""', `"${'x'.repeat(bytes - template.length)}"`);
    const send = (bytes: number) =>
      ask(nginx, '/v1/chat/completions', { method: 'POST', headers: json, body: fill(bytes) });
    const taken = await send(limit);
    await text(taken.body);
    assert.equal(taken.status, 200);
    assert.ok(JSON.stringify(harness.upstream.last.body).length > limit - 1000);
    const refused = await send(limit + 1);
    assert.equal(refused.status, 413);
    assert.match(String(refused.headers['content-type']), /^application\/json/);
    assert.equal(JSON.parse(await text(refused.body)).error.code, 'request_too_large');
    assert.equal(harness.upstream.requests.length, 1);
  });

  test('a client that leaves ends the request upstream', async (t) => {
    const { harness, nginx } = await startBoth(t);
    harness.upstream.reply('text-hello.sse', { pauseAfterBytes: afterFirstDelta });
    const { body } = await askForStream(nginx);
    await readUntil(body, /data:/);
    body.destroy();
    assert.equal(await harness.upstream.last.aborted, true);
  });

  test('addresses come from nginx, and from nobody else', async (t) => {
    const { harness, nginx } = await startBoth(t, { config: { trustedProxies: ['127.0.0.1/32'] } });
    const forged = { ...json, 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    const question: Question = { method: 'POST', headers: forged, body: hello, localAddress: '127.0.0.2' };
    await text((await ask(nginx, '/v1/chat/completions', question)).body);
    const direct = httpRequest(`${harness.url}/v1/chat/completions`, { ...question, agent: false, host: '127.0.0.1' });
    const [answer] = await once(direct.end(hello), 'response');
    await text(answer);
    const clients = harness.logs.filter(({ message }) => message === 'request').map(({ client }) => client);
    assert.deepEqual(clients, ['127.0.0.2', '127.0.0.2']);
  });

  test('its own pages’ origin is not another site’s; another name is', async (t) => {
    const { nginx } = await startBoth(t);
    const askFrom = async (origin: string) => {
      const answer = await ask(nginx, '/v1/models', { headers: { origin } });
      await text(answer.body);
      return answer.status;
    };
    assert.equal(await askFrom(nginx.url), 200);
    assert.equal(await askFrom('https://other.test'), 403);
  });

  test('connections to the server are kept', async (t) => {
    const ports = new Set<number | undefined>();
    const watch = defineMiddleware({
      name: 'watch-connections',
      create: () => (req, _res, next) => {
        ports.add(req.socket.remotePort);
        next();
      },
    });
    const { nginx } = await startBoth(t, { plugins: [watch] });
    for (let round = 0; round < 5; round += 1) await text((await askForStream(nginx)).body);
    assert.equal(ports.size, 1);
  });

  test('what is for the operator is not shown outside, at any path', async (t) => {
    const { nginx } = await startBoth(t);
    for (const path of ['/ready', '/metrics', '/opencompat/ready', '/opencompat/metrics', '/Ready', '/metrics/']) {
      const answer = await ask(nginx, path);
      answer.body.resume();
      assert.equal(answer.status, 404, path);
    }
  });

  test('while no server is there: an error that says to come again', async (t) => {
    const nginx = await startNginx(t, [await findFreePort()]);
    const answer = await askForStream(nginx);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '2');
    assert.equal(JSON.parse(await text(answer.body)).error.type, 'server_error');
  });

  test('of two replicas, the one that is there answers', async (t) => {
    const harness = await createHarness(t, { config: { allowedHosts: [domain] } });
    const nginx = await startNginx(t, [await findFreePort(), harness.server.address.port]);
    for (let round = 1; round <= 4; round += 1) {
      assert.match(await text((await askForStream(nginx)).body), /\[DONE\]/);
      assert.equal(harness.upstream.requests.length, round);
    }
  });

  test('a connection becomes a WebSocket, below a path too', async (t) => {
    const upgrades: unknown[][] = [];
    const server = createServer().on('upgrade', (req, socket) => {
      upgrades.push([req.url, req.headers.upgrade, req.headers.connection, req.headers['x-forwarded-proto']]);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const nginx = await startNginx(t, [(server.address() as AddressInfo).port]);
    for (const prefix of ['', '/opencompat']) {
      const headers = { host: domain, upgrade: 'websocket', connection: 'upgrade' };
      const request = httpsRequest({
        ...tlsOptions(nginx),
        path: `${prefix}/v1/responses`,
        headers,
        agent: false,
      }).end();
      const [, socket] = await once(request, 'upgrade');
      socket.write('hello');
      assert.equal(String((await once(socket, 'data'))[0]), 'hello');
      socket.destroy();
    }
    const seen = ['/v1/responses', 'websocket', 'upgrade', 'https'];
    assert.deepEqual(upgrades, [seen, seen]);
  });
});
