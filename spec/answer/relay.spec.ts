/** Answers that are passed on as they come: byte for byte, and only what is one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { Response } from 'express';
import fc from 'fast-check';
import { ClientAnswer } from '../../lib/answer/client-answer.ts';
import { type RelayOptions, relayAnswer } from '../../lib/answer/relay.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../lib/providers/provider.ts';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const wholeStream = [
  ': a comment\n',
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Grüße, 世界 👋' }),
  chunk({}, { finish_reason: 'stop' }),
  `data: ${JSON.stringify({ id: 'c1', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
].join('');

function answerOf(parts: Iterable<Buffer | string> | AsyncIterable<Buffer | string>): UpstreamAnswer {
  const bytes = Readable.from(parts, { objectMode: false });
  return Object.assign(bytes, { statusCode: 200, headers: {} }) as unknown as UpstreamAnswer;
}

interface Relayed {
  status: number;
  headers: Headers;
  body: Buffer;
  tail: unknown;
  error?: OpenCompatError;
}

async function relay(
  t: TestContext,
  answer: UpstreamAnswer,
  { keepaliveMs = 0, ...options }: Partial<RelayOptions> & { keepaliveMs?: number } = {},
): Promise<Relayed> {
  let tail: unknown;
  let error: OpenCompatError | undefined;
  const server = http.createServer((_req, res) => {
    const client = new ClientAnswer(res as Response, {
      streamType: 'text/event-stream',
      onHead: () => {},
      onBegin: () => {},
      keepaliveMs,
      sinceMs: performance.now(),
      keepalive: () => '',
    });
    relayAnswer(answer, {
      client,
      isStreaming: true,
      onFirstBytes: () => {},
      onComplete: (last) => {
        tail = last;
      },
      providerTitle: 'Upstream',
      idleTimeoutMs: 10_000,
      keepalive: ': ping\n',
      maxAnswerBytes: 1_000_000,
      signal: new AbortController().signal,
      ...options,
    }).catch((thrown) => {
      error = thrown as OpenCompatError;
      if (!res.headersSent) res.writeHead(599);
      res.end('data: failed\n\n');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const body = Buffer.from(await response.arrayBuffer());
  close();
  return { status: response.status, headers: response.headers, body, tail, error };
}

function* split(text: string, bytes: number): Generator<Buffer> {
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}

test('a stream comes out byte for byte, wherever its reads end, and tells its usage', async (t) => {
  for (const bytes of [1, 7, 64, 100_000]) {
    const relayed = await relay(t, answerOf(split(wholeStream, bytes)));
    assert.equal(relayed.body.toString(), wholeStream);
    assert.deepEqual((relayed.tail as { usage: object }).usage, usage);
    assert.equal(relayed.headers.get('content-type'), 'text/event-stream');
    assert.equal(relayed.headers.get('x-accel-buffering'), 'no');
  }
});

test('a long stream comes out byte for byte however it is cut', async (t) => {
  const long = Array.from({ length: 2000 }, (_, n) => chunk({ content: `word ${n} ` })).join('') + wholeStream;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 500, max: 60_000 }), async (bytes) => {
      const relayed = await relay(t, answerOf(split(long, bytes)));
      assert.equal(relayed.body.toString(), long);
      assert.deepEqual((relayed.tail as { usage: object }).usage, usage);
    }),
    { numRuns: 10 },
  );
});

test('an error in the place of the first event is answered as one', async (t) => {
  const failure = 'data: {"error":{"message":"No.","code":"rate_limit_exceeded"}}\n\n';
  const starts = [
    [failure],
    ['<html>blocked</html>'],
    split(failure, 9),
    [': wait\n\n', ': wait\n\n', failure],
    [failure.trim()],
  ];
  for (const start of starts) {
    const { status, error } = await relay(t, answerOf(start.map((part) => Buffer.from(part as string))));
    assert.equal(status, 599);
    assert.ok(error instanceof OpenCompatError);
    assert.match(error.code, /OC_UPSTREAM_(RATE_LIMITED|BLOCKED)/);
  }
});

test('a stream that breaks off ends with an error behind what came; one that only lacks its end mark is complete', async (t) => {
  const cut = wholeStream.slice(0, wholeStream.indexOf('"finish_reason":"stop"') - 20);
  const broken = await relay(t, answerOf(split(cut, 16)));
  assert.equal(broken.error?.code, 'OC_UPSTREAM_STREAM_CLOSED');
  // The line that was cut in its middle would have spoilt the error.
  const whole = cut.slice(0, cut.lastIndexOf('\n') + 1);
  assert.equal(broken.body.toString(), `${whole}data: failed\n\n`);

  const inEvent = cut.slice(0, cut.lastIndexOf('\n\n') + 1);
  const afterLine = await relay(t, answerOf(split(inEvent, 16)));
  assert.equal(afterLine.body.toString(), `${inEvent}\n\ndata: failed\n\n`);

  const unmarked = wholeStream.slice(0, wholeStream.indexOf('data: [DONE]'));
  const complete = await relay(t, answerOf(split(unmarked, 16)));
  assert.equal(complete.error, undefined);
  assert.equal(complete.body.toString(), unmarked);
});

test('keepalives stand between events only, in either kind of line end', async (t) => {
  for (const stream of [wholeStream, wholeStream.replaceAll('\n', '\r\n')]) {
    const events = stream.split(/(?<=\r?\n\r?\n)/);
    async function* slowly() {
      for (const event of events) {
        yield event.slice(0, 10);
        await new Promise((resolve) => setTimeout(resolve, 25));
        yield event.slice(10);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    const { body } = await relay(t, answerOf(slowly()), { keepaliveMs: 5 });
    const text = body.toString();
    assert.ok(text.includes(': ping\n'));
    assert.equal(text.replaceAll(': ping\n', ''), stream);
    assert.ok(text.split(': ping\n').every((part) => part === '' || /\n\r?\n$/.test(part) || part === text));
  }
});

test('an answer that is no stream: as it is, with its length; an error or no JSON is told', async (t) => {
  const body = JSON.stringify({ id: 'c1', choices: [{ message: { content: 'Grüße' } }], usage });
  const whole = await relay(t, answerOf(split(body, 5)), { isStreaming: false });
  assert.equal(whole.body.toString(), body);
  assert.equal(whole.headers.get('content-length'), String(Buffer.byteLength(body)));
  assert.deepEqual((whole.tail as { usage: object }).usage, usage);

  const failed = await relay(t, answerOf(['{"error":{"message":"No.","code":"insufficient_quota"}}']), {
    isStreaming: false,
  });
  assert.equal(failed.error?.code, 'OC_INSUFFICIENT_QUOTA');
  assert.equal((await relay(t, answerOf(['{"id":']), { isStreaming: false })).error?.code, 'OC_UPSTREAM_INVALID');
  const large = await relay(t, answerOf([body]), { isStreaming: false, maxAnswerBytes: 10 });
  assert.equal(large.error?.code, 'OC_UPSTREAM_ERROR');
});

test('a silent upstream is given up, and an abort lets go of it', async (t) => {
  for (const isStreaming of [true, false]) {
    const silent = Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
    const { error } = await relay(t, silent, { isStreaming, idleTimeoutMs: 10 });
    assert.equal(error?.code, 'OC_UPSTREAM_TIMEOUT');
    assert.equal(silent.destroyed, true);

    const abort = new AbortController();
    const open = Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
    setTimeout(() => abort.abort(new OpenCompatError('OC_SHUTTING_DOWN')), 5);
    assert.equal((await relay(t, open, { isStreaming, signal: abort.signal })).error?.code, 'OC_SHUTTING_DOWN');
    assert.equal(open.destroyed, true);
  }
});

test('an event that is nested very deep is passed on, and counts as no text', async (t) => {
  const deep = `data: {"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}\n\n`;
  const stream = [chunk({ content: 'Hello' }), deep, 'data: [DONE]\n\n'].join('');
  let bytes: number | undefined;
  const { body, error } = await relay(t, answerOf([stream]), {
    onComplete: (_tail, _end, textBytes) => {
      bytes = textBytes();
    },
  });
  assert.deepEqual([body.toString(), error], [stream, undefined]);
  assert.ok(bytes !== undefined && bytes >= 5, `${bytes}`);
});
