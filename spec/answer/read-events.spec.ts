import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EventsOptions, readEvents } from '../../lib/answer/read-events.ts';
import { responsesUpstream } from '../../lib/apis/responses/decoder.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../lib/providers/provider.ts';

const words = ['Grüße', ' aus', ' 東京', ' 👩‍👩‍👧', '\n"quoted"', ' \u2028 end'];
const created = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } };
const part = { type: 'output_text', annotations: [], logprobs: [], text: words.join('') };
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const opening = [
  { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
  { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
];
const deltas = words.map((delta) => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }));
const closing = [
  { type: 'response.output_text.done', ...place, text: part.text, logprobs: [] },
  { type: 'response.content_part.done', ...place, part },
];
const itemDone = { type: 'response.output_item.done', output_index: 0, item };
const completed = {
  type: 'response.completed',
  response: { id: 'resp_1', status: 'completed', output: [], usage: null },
};
const wholeAnswer = [created, ...opening, ...deltas, ...closing, itemDone, completed];

type LineEnd = '\n' | '\r\n' | '\r';

function toSse(events: readonly object[], lineEnd: LineEnd = '\n'): string {
  return events
    .map(
      (event) =>
        `event: ${(event as { type: string }).type}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`,
    )
    .join('');
}

function answerOf(parts: readonly (Buffer | string)[]): UpstreamAnswer {
  const bytes = Readable.from(parts.map((part) => Buffer.from(part)));
  return Object.assign(bytes, { statusCode: 200, headers: {} }) as UpstreamAnswer;
}

function splitEvery(text: string, bytes: number): Buffer[] {
  const whole = Buffer.from(text);
  return Array.from({ length: Math.ceil(whole.length / bytes) }, (_, index) =>
    whole.subarray(index * bytes, (index + 1) * bytes),
  );
}

interface Seen {
  events: CanonicalEvent[];
  vendor: string[];
  flushes: number;
}

async function read(answer: UpstreamAnswer, options: Partial<EventsOptions> = {}): Promise<Seen> {
  const seen: Seen = { events: [], vendor: [], flushes: 0 };
  await readEvents(answer, 0, {
    sink: {
      accept: (event) => seen.events.push(event),
      flush: () => {
        seen.flushes += 1;
        return true;
      },
      drained: async () => {},
    },
    transforms: [],
    onVendorEvent: (event) => seen.vendor.push(event.type),
    onFirstEvent: () => {},
    onComplete: () => {},
    api: responsesUpstream,
    facts: { id: 'id', createdS: 1, model: 'm' },
    maxAnswerBytes: 1_000_000,
    maxStreamBytes: 1_000_000,
    providerTitle: 'Upstream',
    idleTimeoutMs: 10_000,
    maxEventBytes: 1_000_000,
    maxEventLines: 10_000,
    signal: new AbortController().signal,
    ...options,
  });
  return seen;
}

const textOf = ({ events }: Seen) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof OpenCompatError, String(error));
    return error.code;
  }
  return 'none';
}

for (const lineEnd of ['\n', '\r\n', '\r'] as const) {
  test(`nothing is lost at any split (line ends ${JSON.stringify(lineEnd)})`, async () => {
    const text = toSse(wholeAnswer, lineEnd);
    const length = Buffer.byteLength(text);
    for (let at = 1; at < length; at += 1) {
      const whole = Buffer.from(text);
      const seen = await read(answerOf([whole.subarray(0, at), whole.subarray(at)]));
      assert.equal(textOf(seen), words.join(''), `split at ${at}`);
      assert.equal(seen.events.length, wholeAnswer.length);
    }
  });
}

test('nothing is lost however often the stream is split', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.string({ unit: 'grapheme' })),
      async (bytes, texts) => {
        const events = texts.map((delta) => ({ ...deltas[0], delta }));
        const seen = await read(answerOf(splitEvery(toSse([created, ...events, completed]), bytes)));
        assert.equal(textOf(seen), texts.join(''));
      },
    ),
    { numRuns: 50 },
  );
});

test('an empty output of the terminal event is filled from the items that were streamed', async () => {
  const seen = await read(answerOf([toSse(wholeAnswer)]));
  const last = seen.events.at(-1)!;
  assert.ok(last.type === 'response.completed');
  assert.deepEqual(last.response.output, [item]);
});

test('comments, vendor events and a missing event line are no trouble', async () => {
  const body = `: hello\n\n${toSse([{ type: 'codex.rate_limits' }, { type: 'keepalive' }])}${wholeAnswer
    .map((event) => `data:${JSON.stringify(event)}\n\n`)
    .join(': ping\n')}data: [DONE]\n\n`;
  const seen = await read(answerOf([body]));
  assert.deepEqual(seen.vendor, ['codex.rate_limits', 'keepalive']);
  assert.equal(textOf(seen), words.join(''));
});

test('chunks that one read brought are flushed together', async () => {
  const answer = answerOf([]);
  answer.read = () => null;
  const reading = read(answer);
  for (const part of splitEvery(toSse([created, ...deltas]), 40)) answer.emit('data', part);
  await new Promise(setImmediate);
  answer.emit('data', Buffer.from(toSse([completed])));
  const seen = await reading;
  assert.equal(textOf(seen), words.join(''));
  assert.equal(seen.flushes, 1, 'and the end flushes with what closes the answer');
});

test('the last event counts without its blank line', async () => {
  const seen = await read(answerOf([toSse(wholeAnswer).trimEnd()]));
  assert.equal(seen.events.length, wholeAnswer.length);
});

test('a stream that ends without a terminal event is a failure, at every cut', async () => {
  const text = toSse(wholeAnswer);
  const whole = Buffer.from(text);
  for (let at = 0; at < Buffer.byteLength(toSse(wholeAnswer.slice(0, -1))); at += 7) {
    assert.equal(await codeOf(read(answerOf([whole.subarray(0, at)]))), 'OC_UPSTREAM_STREAM_CLOSED', `cut at ${at}`);
  }
});

const failures: [string, object | string, string][] = [
  [
    'response.failed',
    { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Slow' } } },
    'OC_UPSTREAM_RATE_LIMITED',
  ],
  ['a flat error event', { type: 'error', code: 'context_length_exceeded', message: 'Too long' }, 'OC_CONTEXT_LENGTH'],
  [
    'a nested error event',
    { type: 'error', error: { code: 'server_is_overloaded', message: 'Busy' } },
    'OC_OVERLOADED',
  ],
  ['an error object without a type', { error: { message: 'Broken' } }, 'OC_UPSTREAM_ERROR'],
];
for (const [name, event, code] of failures) {
  test(`${name} is thrown, before and after text`, async () => {
    assert.equal(await codeOf(read(answerOf([toSse([created, event as object])]))), code);
    assert.equal(await codeOf(read(answerOf([toSse([created, ...deltas, event as object])]))), code);
  });
}

test('bytes of other formats are told apart', async () => {
  assert.equal(await codeOf(read(answerOf(['<!doctype html><title>Just a moment</title>']))), 'OC_UPSTREAM_BLOCKED');
  assert.equal(await codeOf(read(answerOf(['{"detail":"Unauthorized"}']))), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOf(read(answerOf(['data: {"type":\n\n']))), 'OC_UPSTREAM_INVALID');
  assert.equal(
    await codeOf(read(answerOf([`data: ${'x'.repeat(200)}`]), { maxEventBytes: 100 })),
    'OC_UPSTREAM_INVALID',
  );
  assert.equal(await codeOf(read(answerOf([]))), 'OC_UPSTREAM_STREAM_CLOSED');
});

test('an error as JSON with status 200 is read as what it is, however it is split', async () => {
  const body = JSON.stringify({ error: { code: 'rate_limit_exceeded', message: 'Zu schnell – langsamer' } });
  for (const bytes of [1, 7, 1000])
    assert.equal(await codeOf(read(answerOf(splitEvery(body, bytes)))), 'OC_UPSTREAM_RATE_LIMITED');
  assert.equal(await codeOf(read(answerOf([body.slice(0, 20)]))), 'OC_UPSTREAM_STREAM_CLOSED');
  assert.equal(await codeOf(read(answerOf([`{"error":"${'x'.repeat(200_000)}"}`]))), 'OC_UPSTREAM_ERROR');
  assert.equal(
    await codeOf(read(answerOf(Array.from({ length: 40 }, () => `{${'x'.repeat(4000)}`)), { maxAnswerBytes: 100_000 })),
    'OC_UPSTREAM_INVALID',
  );
});

test('a response as JSON instead of a stream is an answer, if it is complete', async () => {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [] };
  for (const status of ['completed', 'incomplete']) {
    const whole = JSON.stringify({ object: 'response', id: 'resp_1', status, output: [message], error: null });
    const { events } = await read(answerOf(splitEvery(whole, 7)));
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.output_item.done',
        `response.${status}`,
      ],
    );
  }
  const codeOfWhole = (fields: object) => codeOf(read(answerOf([JSON.stringify({ object: 'response', ...fields })])));
  assert.equal(await codeOfWhole({ status: 'failed', output: [] }), 'OC_UPSTREAM_ERROR');
  assert.equal(await codeOfWhole({ status: 'queued', output: [] }), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOfWhole({ status: 'completed' }), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOfWhole({ output: [] }), 'OC_UPSTREAM_INVALID');
});

test('any bytes at all give an answer or an error of the table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 })), async (parts) => {
      await codeOf(read(answerOf(parts.map((part) => Buffer.from(part)))));
    }),
  );
});

test('a silent upstream is given up', async () => {
  const silent = Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
  assert.equal(await codeOf(read(silent, { idleTimeoutMs: 5 })), 'OC_UPSTREAM_TIMEOUT');
  assert.equal(silent.destroyed, true);
});

test('an upstream that does not end behind its terminal event is cut', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const endless = Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
  endless.push(toSse(wholeAnswer));
  await read(endless);
  assert.equal(endless.destroyed, false);
  t.mock.timers.tick(5_000);
  assert.equal(endless.destroyed, true);
});

test('an abort lets go of the upstream', async () => {
  const controller = new AbortController();
  const silent = Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
  const reading = read(silent, { signal: controller.signal });
  controller.abort(new OpenCompatError('OC_SHUTTING_DOWN'));
  assert.equal(await codeOf(reading), 'OC_SHUTTING_DOWN');
  assert.equal(silent.destroyed, true);
});

test('transforms see events in order and can change, drop and add', async () => {
  const seen = await read(answerOf([toSse(wholeAnswer)]), {
    transforms: [
      (event, emit) => {
        if (event.type === 'response.output_text.delta') emit({ ...event, delta: event.delta.toUpperCase() });
        else if (event.type !== 'response.output_item.done') emit(event);
      },
      (event, emit) => {
        emit(event);
        if (event.type === 'response.output_text.delta') emit({ ...event, delta: '!' });
      },
    ],
  });
  assert.equal(textOf(seen), words.map((word) => `${word.toUpperCase()}!`).join(''));
  assert.equal(
    seen.events.some((event) => event.type === 'response.output_item.done'),
    false,
  );
});

test('a transform that ends the answer early lets go of the upstream', async () => {
  const answer = answerOf(splitEvery(toSse(wholeAnswer), 50));
  const seen = await read(answer, {
    transforms: [
      (event, emit) =>
        emit(event.type === 'response.output_text.delta' ? (completed as unknown as CanonicalEvent) : event),
    ],
  });
  assert.equal(seen.events.at(-1)?.type, 'response.completed');
  assert.equal(seen.events.length, [created, ...opening, completed].length);
  assert.equal(answer.destroyed, true);
});

test('the upstream waits while the client does not read', async () => {
  let release = () => {};
  let accepted = 0;
  async function* arrive() {
    for (const part of splitEvery(toSse(wholeAnswer), 100)) {
      await new Promise(setImmediate);
      yield part;
    }
  }
  const answer = Object.assign(Readable.from(arrive()), { statusCode: 200, headers: {} }) as UpstreamAnswer;
  const done = readEvents(answer, 0, {
    sink: {
      accept: () => {
        accepted += 1;
      },
      flush: () => accepted === 0,
      drained: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    },
    transforms: [],
    onVendorEvent: () => {},
    onFirstEvent: () => {},
    onComplete: () => {},
    api: responsesUpstream,
    facts: { id: 'id', createdS: 1, model: 'm' },
    maxAnswerBytes: 1_000_000,
    maxStreamBytes: 1_000_000,
    providerTitle: 'Upstream',
    idleTimeoutMs: 10_000,
    maxEventBytes: 1_000_000,
    maxEventLines: 10_000,
    signal: new AbortController().signal,
  });
  for (let turn = 0; turn < 100 && !answer.isPaused(); turn += 1) await new Promise(setImmediate);
  assert.equal(answer.isPaused(), true);
  const soFar = accepted;
  await new Promise(setImmediate);
  assert.equal(accepted, soFar);
  const pump = setInterval(() => release(), 1);
  await done;
  clearInterval(pump);
  assert.equal(accepted, wholeAnswer.length);
});
