/**
 * What the attacker does: answers in the upstream's place (a broken or malicious compatible server, a proxy on the way)
 * with events whose fields are missing, null or of the wrong type, doubled or out of order, and with token counts that
 * are no numbers.
 * What must hold: each answer ends, as an answer of the right types or as an error of the table that blames the upstream;
 * nothing hangs, and the process goes on.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvents } from '../../lib/answer/read-events.ts';
import { createStopTransform } from '../../lib/answer/transforms/stop-sequences.ts';
import { createTokenLimitTransform } from '../../lib/answer/transforms/token-limit.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { responsesUpstream } from '../../lib/apis/responses/decoder.ts';
import type { CanonicalEvent, CanonicalRequest } from '../../lib/canonical/types.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../lib/providers/provider.ts';
import { mapToolNames } from '../../lib/providers/tool-names.ts';
import { createHarness, scriptAnswer, toSseText, type UpstreamEvent } from '../support/index.ts';

const folder = new URL('../fixtures/responses/', import.meta.url);
const scripted = scriptAnswer([
  { reasoning: ['one', 'two'] },
  { text: 'words that end somewhere' },
  { call: 'read.file', arguments: { path: '/a' } },
  { custom: 'shell', input: 'ls' },
  { refusal: 'no' },
]);
const answers: UpstreamEvent[][] = [
  scripted,
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => readSse(readFileSync(new URL(name, folder), 'utf8'))),
];

function readSse(text: string): UpstreamEvent[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as UpstreamEvent);
}

const wrongValues = [null, undefined, 0, -1, 1.5, '', 'x', '__proto__', [], [null], [[]], {}, { length: 5 }, true];
const modes = ['none', 'think-tags', 'o3', 'legacy', 'reasoning_content', 'reasoning'] as const;

/** Where everything inside a value is. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return path.length > 0 ? [path, ...below] : below;
}

interface Change {
  kind: 'set' | 'drop' | 'double';
  at: number;
  place: number;
  value: unknown;
}

function applyChange(events: UpstreamEvent[], { kind, at, place, value }: Change): void {
  const index = at % events.length;
  const event = events[index]!;
  if (kind === 'drop') {
    if (events.length > 1) events.splice(index, 1);
  } else if (kind === 'double') {
    events.splice(place % events.length, 0, structuredClone(event));
  } else {
    const places = placesIn(event);
    const path = [...places[place % places.length]!];
    const last = path.pop()!;
    const holder = path.reduce<Record<string, unknown>>((inner, key) => inner[key] as never, event);
    if (value === undefined) delete holder[last];
    else holder[last] = structuredClone(value);
  }
}

const changes = fc.array(
  fc.record<Change>({
    kind: fc.constantFrom('set', 'set', 'set', 'drop', 'double'),
    at: fc.nat(),
    place: fc.nat(),
    value: fc.constantFrom(...wrongValues),
  }),
  { minLength: 1, maxLength: 3 },
);

const request = { model: 'm', input: [], stream: true } satisfies CanonicalRequest;

/** Reads the events with everything that looks into them, and gives what the client would get. */
async function translate(events: readonly UpstreamEvent[], isStreaming: boolean, mode: string, transforms: number) {
  const body = { model: 'm', messages: [], stream_options: { include_usage: true } } as never;
  const context = {
    id: 'id',
    createdS: 1,
    receivedMs: 1,
    nowMs: () => 2,
    model: 'm',
    request,
    headers: { 'x-reasoning-compat': mode },
    defaults: { reasoningCompat: 'none' as const },
    ignore() {},
  };
  const stream = chatCompletions.createStreamEncoder(body, context);
  const whole = chatCompletions.createAnswerEncoder(body, context);
  let text = '';
  const { restoreEvent } = mapToolNames(new Set(['read.file']));
  const answer = Object.assign(new PassThrough(), { statusCode: 200, headers: {} });
  answer.end(events.map(toSseText).join(''));
  await readEvents(answer as unknown as UpstreamAnswer, 0, {
    sink: {
      accept(event: CanonicalEvent) {
        if (isStreaming) text += stream.encode(event, 0);
        else whole.add(event, 0);
      },
      flush: () => true,
      drained: async () => {},
    },
    transforms: [
      (event, emit) => emit(restoreEvent!(event)),
      ...(transforms === 1 ? [createStopTransform(['end', 'ls'], request)] : []),
      ...(transforms === 2 ? [createTokenLimitTransform(3, request)] : []),
    ],
    onVendorEvent() {},
    onFirstEvent() {},
    onComplete() {
      text += isStreaming ? stream.finish() : JSON.stringify(whole.finish());
    },
    api: responsesUpstream,
    facts: { id: 'id', createdS: 1, model: 'm' },
    maxAnswerBytes: 1_000_000,
    maxStreamBytes: 1_000_000,
    providerTitle: 'Upstream',
    idleTimeoutMs: 60_000,
    maxEventBytes: 1_000_000,
    maxEventLines: 10_000,
    signal: new AbortController().signal,
  });
  return text;
}

test('mutated events give a well-formed answer or an error that blames the upstream', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...answers),
      changes,
      fc.boolean(),
      fc.constantFrom(...modes),
      fc.nat(2),
      async (answer, changed, isStreaming, mode, transforms) => {
        const events = structuredClone(answer);
        for (const change of changed) applyChange(events, change);
        try {
          const text = await translate(events, isStreaming, mode, transforms);
          for (const chunk of isStreaming ? readSse(text) : [JSON.parse(text)]) assertTypes(chunk);
        } catch (error) {
          assert.ok(error instanceof OpenCompatError, (error as Error).stack);
          assert.notEqual(error.status, 500);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

/** Of what SDKs add up or look into. */
function assertTypes({ choices, usage }: { [key: string]: unknown }): void {
  for (const { delta, message } of choices as { delta?: object; message?: object }[]) {
    const said = (delta ?? message) as Record<string, unknown>;
    for (const key of ['content', 'refusal', 'reasoning_content', 'reasoning_summary']) {
      if (said[key] != null) assert.equal(typeof said[key], 'string', key);
    }
    for (const call of (said.tool_calls as Record<string, Record<string, unknown>>[] | undefined) ?? []) {
      const { name = '', arguments: args = '', input = '' } = (call.function ?? call.custom)!;
      assert.deepEqual([typeof name, typeof args, typeof input, typeof (call.id ?? '')], Array(4).fill('string'));
    }
  }
  for (const [name, count] of Object.entries(usage ?? {})) {
    if (!name.endsWith('_details')) assert.ok(Number.isInteger(count) || (count as number) >= 0, name);
  }
}

test('token counts that are no numbers cost nothing but themselves', async (t) => {
  const h = await createHarness(t);
  const odd = [{ input_tokens: 'many', output_tokens: {} }, { input_tokens: -1 }, 'much', 5, [], {}, true];
  for (const usage of odd) {
    for (const stream of [true, false]) {
      h.upstream.reply(scriptAnswer('Hello', { usage: usage as object }));
      const body = { model: 'gpt-5.5', stream, messages: [{ role: 'user', content: 'Hello' }] };
      const answer = await h.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(body) });
      assert.match(await answer.text(), /Hello/);
      assert.equal(answer.status, 200);
    }
  }
  assert.equal((await h.fetch('/health')).status, 200);
  assert.match(await (await h.fetch('/metrics')).text(), /opencompat_requests_total\{.*status="200"\} 14/);
});

test('a plugin that puts nonsense into the usage cannot end the server either', async (t) => {
  const { defineMiddleware } = await import('../../lib/chain/middleware.ts');
  const nonsense = defineMiddleware({
    name: 'nonsense',
    after: ['validate'],
    create: () => (req, _res, next) => {
      req.exchange.onEvent((event, emit) => {
        if (event.type === 'response.completed') event.response.usage = { input_tokens: 'many' } as never;
        emit(event);
      });
      next();
    },
  });
  const h = await createHarness(t, { plugins: [nonsense] });
  const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] });
  await (await h.fetch('/v1/chat/completions', { method: 'POST', body })).text();
  assert.equal((await h.fetch('/health')).status, 200);
});
