/** Spans, and the trace that a client's request belongs to. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { beforeEach, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createBoxHarness, hello, post, startFake } from '../support/box-harness.ts';
import type { HarnessOptions } from '../support/harness.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${parentId}-01`;
const exporter = new InMemorySpanExporter();

beforeEach(() => {
  exporter.reset();
});

function loadSdk(): void {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
}

/** All spans of a trace, once there are so many: the server's, and those of its attempts in order. */
async function spansOf(count: number): Promise<[ReadableSpan, ...ReadableSpan[]]> {
  while (exporter.getFinishedSpans().length < count) await nextTurn();
  const spans = exporter.getFinishedSpans();
  const servers = spans.filter(({ kind }) => kind === SpanKind.SERVER);
  assert.equal(servers.length, 1);
  return [servers[0]!, ...spans.filter(({ kind }) => kind === SpanKind.CLIENT)];
}

async function setUp(t: TestContext, options: HarnessOptions = {}) {
  const h = await createBoxHarness(t, { ...options, config: { tracing: true, ...options.config } });
  const ask = async (headers: Record<string, string> = {}, extra: object = {}) => {
    const answer = await post(
      h,
      '/v1/chat/completions',
      { model: 'box/fake-model', messages: hello, stream: true, ...extra },
      headers,
    );
    await answer.text();
    return answer;
  };
  return { h, ask };
}

const sentHeaders = (h: { box: { last: { headers: Record<string, unknown> } } }) => {
  const { traceparent, tracestate } = h.box.last.headers;
  return { traceparent, tracestate };
};

test('without tracing, a valid header of the client is sent on', async (t) => {
  const { h, ask } = await setUp(t, { config: { tracing: false } });
  for (const stream of [true, false]) {
    await ask({ traceparent, tracestate: 'vendor=1' }, { stream });
    assert.deepEqual(sentHeaders(h), { traceparent, tracestate: 'vendor=1' });
  }
  await ask();
  assert.deepEqual(sentHeaders(h), { traceparent: undefined, tracestate: undefined });
});

test('the package is loaded only when it is asked for, and a server that lacks it says so at its start', async (t) => {
  let loads = 0;
  // The metrics' own package loads it too.
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@opentelemetry/api' || !context.parentURL?.endsWith('/lib/load-package.ts'))
        return next(specifier, context);
      loads += 1;
      throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
    },
  });
  t.after(() => hooks.deregister());
  const { ask } = await setUp(t, { config: { tracing: false } });
  await ask({ traceparent });
  assert.equal(loads, 0);
  await assert.rejects(setUp(t), /tracing.*needs the package @opentelemetry\/api, which is not installed/s);
  assert.ok(loads > 0);
});

test('what is no valid traceparent is not sent on, nor the tracestate that comes with it', async (t) => {
  const { h, ask } = await setUp(t, { config: { tracing: false } });
  for (const malformed of [
    '',
    'nonsense',
    traceparent.toUpperCase(),
    `ff-${traceId}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `${traceparent}-more`,
    `01-${traceId}-${parentId}-01-${'x'.repeat(200)}`,
  ]) {
    await ask({ traceparent: malformed, tracestate: 'vendor=1' });
    assert.deepEqual(sentHeaders(h), { traceparent: undefined, tracestate: undefined }, malformed);
  }
  const later = `01-${traceId}-${parentId}-01-more`;
  await ask({ traceparent: later, tracestate: `vendor=${'x'.repeat(600)}` });
  assert.deepEqual(sentHeaders(h), { traceparent: later, tracestate: undefined });
});

test('with tracing but no SDK, the header of the client is sent on unchanged', async (t) => {
  const { h, ask } = await setUp(t);
  await ask({ traceparent: `00-${traceId}-${parentId}-03`, tracestate: 'vendor=1' });
  assert.deepEqual(sentHeaders(h), { traceparent: `00-${traceId}-${parentId}-03`, tracestate: 'vendor=1' });
  await ask();
  assert.deepEqual(sentHeaders(h), { traceparent: undefined, tracestate: undefined });
});

test('a request has a span, below it one for the request to the upstream, which is told of it', async (t) => {
  loadSdk();
  t.after(() => trace.disable());
  const { h, ask } = await setUp(t, { apiKey: 'a-client-key-of-the-spec' });
  const answer = await ask({ traceparent, tracestate: 'vendor=1' });
  const [server, attempt, ...others] = await spansOf(2);
  assert.deepEqual(others, []);
  assert.equal(server.spanContext().traceId, traceId);
  assert.equal(server.parentSpanContext?.spanId, parentId);
  assert.equal(server.name, 'POST chat-completions');
  assert.deepEqual(
    [server.attributes['http.response.status_code'], server.attributes['opencompat.request_id']],
    [200, answer.headers.get('x-request-id')],
  );
  assert.equal(server.status.code, SpanStatusCode.UNSET);
  assert.equal(attempt!.name, 'chat fake-model');
  assert.equal(attempt!.parentSpanContext?.spanId, server.spanContext().spanId);
  assert.equal(attempt!.attributes['gen_ai.operation.name'], 'chat');
  assert.equal(attempt!.attributes['gen_ai.provider.name'], 'box');
  assert.equal(attempt!.attributes['gen_ai.request.model'], 'fake-model');
  assert.ok(Number(attempt!.attributes['gen_ai.usage.output_tokens']) > 0);
  assert.deepEqual(sentHeaders(h), {
    traceparent: `00-${traceId}-${attempt!.spanContext().spanId}-01`,
    tracestate: 'vendor=1',
  });
  const all = JSON.stringify(
    [server, attempt].map((span) => [span!.name, span!.attributes, span!.events, span!.status]),
  );
  for (const hidden of ['a-client-key-of-the-spec', 'Hello']) assert.ok(!all.includes(hidden), hidden);
});

test('without a valid header a request begins a trace of its own', async (t) => {
  loadSdk();
  t.after(() => trace.disable());
  const { ask } = await setUp(t);
  await ask({ traceparent: `00-${traceId}-${parentId}` });
  const [server] = await spansOf(2);
  assert.equal(server.parentSpanContext, undefined);
  assert.notEqual(server.spanContext().traceId, traceId);
});

test('an alias whose first model refuses: two attempts, the first with its error', async (t) => {
  loadSdk();
  t.after(() => trace.disable());
  const spare = await startFake(t);
  const { h, ask } = await setUp(t, {
    providers: { spare: { type: 'openai-compatible', baseURL: spare.url } },
    config: { aliases: { both: ['box/fake-model', 'spare/fake-small'] } },
  });
  h.box.refuse(429, { error: { message: 'a text of the upstream', type: 'requests', code: 'rate_limit_exceeded' } });
  await ask({}, { model: 'both' });
  const [server, first, second] = await spansOf(3);
  assert.deepEqual(
    [first!.name, first!.attributes['error.type'], first!.status],
    ['chat fake-model', '429', { code: SpanStatusCode.ERROR }],
  );
  assert.deepEqual(
    [second!.name, second!.attributes['error.type'], second!.status.code],
    ['chat fake-small', undefined, SpanStatusCode.UNSET],
  );
  assert.equal(spare.last.headers.traceparent?.toString().split('-')[2], second!.spanContext().spanId);
  assert.equal(server.attributes['error.type'], undefined);
  assert.equal(server.attributes['gen_ai.request.model'], 'both');
});

test('an upstream that cannot be reached: both spans have the error', async (t) => {
  loadSdk();
  t.after(() => trace.disable());
  const { h, ask } = await setUp(t);
  await ask();
  await spansOf(2);
  exporter.reset();
  await h.box.close();
  await ask();
  const [server, attempt] = await spansOf(2);
  for (const { attributes, status } of [server, attempt!]) {
    assert.deepEqual([attributes['error.type'], status], ['OC_UPSTREAM_UNREACHABLE', { code: SpanStatusCode.ERROR }]);
  }
});
