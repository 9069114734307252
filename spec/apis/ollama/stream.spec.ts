/** Canonical events as Ollama's answers, streamed and not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import {
  answerWhole,
  checkOllamaAnswer,
  checkOllamaStream,
  type OllamaKind,
  openStream,
  streamLines,
} from '../../support/ollama-answers.ts';
import { readFixture } from '../../support/response-events.ts';
import { type ScriptedItem, type ScriptOptions, scriptAnswer } from '../../support/scripted-answer.ts';

const kinds: readonly OllamaKind[] = ['chat', 'generate'];
const script = (items: string | readonly ScriptedItem[], options?: ScriptOptions) =>
  scriptAnswer(items, options) as unknown as CanonicalEvent[];
const event = (fields: object) => fields as CanonicalEvent;

test('a streamed answer, to the letter', () => {
  const events = script([{ text: 'Hi there' }]);
  const line = (ms: string, message: string, rest: string) =>
    `{"model":"gpt-5.5","created_at":"2027-01-15T08:00:00.${ms}Z","message":${message},${rest}}\n`;
  const closing =
    '"done":true,"done_reason":"stop","total_duration":1000000,"load_duration":0,"prompt_eval_count":21,"prompt_eval_duration":250000,"eval_count":13,"eval_duration":750000';
  assert.equal(
    streamLines('chat', events),
    line('000', '{"role":"assistant","content":"Hi "}', '"done":false') +
      line('000', '{"role":"assistant","content":"there"}', '"done":false') +
      line('001', '{"role":"assistant","content":""}', closing),
  );
});

test('a whole answer to generate, to the letter', () => {
  assert.deepEqual(answerWhole('generate', script([{ reasoning: ['Hm.', 'So.'] }, { text: 'Hi' }])), {
    model: 'gpt-5.5',
    created_at: '2027-01-15T08:00:00.000Z',
    response: 'Hi',
    thinking: 'Hm.\n\nSo.',
    done: true,
    done_reason: 'stop',
    total_duration: 750_000,
    load_duration: 0,
    prompt_eval_count: 21,
    prompt_eval_duration: 250_000,
    eval_count: 13,
    eval_duration: 500_000,
    context: [],
  });
});

test('calls come whole, all in one line, their arguments an object', () => {
  const events = script([
    { text: 'Looking.' },
    { call: 'f', arguments: { a: [1, { b: '…' }] }, callId: 'call_a' },
    { call: 'g', arguments: '', callId: 'call_b' },
  ]);
  const expected = [
    { id: 'call_a', function: { index: 0, name: 'f', arguments: { a: [1, { b: '…' }] } } },
    { id: 'call_b', function: { index: 1, name: 'g', arguments: {} } },
  ];
  for (const kind of kinds) {
    assert.deepEqual(checkOllamaStream(kind, streamLines(kind, events)).toolCalls, expected);
    const { toolCalls, doneReason } = checkOllamaAnswer(kind, answerWhole(kind, events));
    assert.deepEqual([toolCalls, doneReason], [expected, 'stop']);
  }
});

test('arguments that are no object are given as text; a call that the end has cut is left out', () => {
  const items: ScriptedItem[] = [
    { call: 'f', arguments: '[1]', callId: 'call_a' },
    { custom: 'write', input: '{"not": "parsed"}', callId: 'call_b' },
    { call: 'f', arguments: '{"a": 1, "b', callId: 'call_c' },
  ];
  const callsOf = (options: ScriptOptions) =>
    checkOllamaAnswer('chat', answerWhole('chat', script(items, options))).toolCalls.map(({ id, function: { index, arguments: args } }) => [id, index, args]); // biome-ignore format: one thought
  assert.deepEqual(callsOf({}), [
    ['call_a', 0, { input: '[1]' }],
    ['call_b', 1, { input: '{"not": "parsed"}' }],
    ['call_c', 2, { input: '{"a": 1, "b' }],
  ]);
  const whole: ScriptedItem[] = [{ call: 'f', arguments: { a: 1 }, callId: 'call_a' }, items[2]!];
  const cut = script(whole, { end: { incomplete: 'max_output_tokens' } });
  for (const answer of [
    checkOllamaStream('chat', streamLines('chat', cut)),
    checkOllamaAnswer('chat', answerWhole('chat', cut)),
  ]) {
    assert.deepEqual(
      answer.toolCalls.map(({ id }) => id),
      ['call_a'],
    );
    assert.equal(answer.doneReason, 'length');
  }
});

test('why an answer ended', () => {
  const reasonOf = (fixture: string) => checkOllamaStream('chat', streamLines('chat', readFixture(fixture))).doneReason;
  assert.equal(reasonOf('text'), 'stop');
  assert.equal(reasonOf('reasoning-then-two-calls'), 'stop');
  assert.equal(reasonOf('incomplete-max-output-tokens'), 'length');
  assert.equal(reasonOf('incomplete-content-filter'), 'content_filter');
});

test('a refusal is what the model says', () => {
  assert.equal(checkOllamaAnswer('chat', answerWhole('chat', script([{ refusal: 'No.' }]))).text, 'No.');
});

test('thinking is given unless it was asked not to be', () => {
  const events = script([{ reasoning: ['Hm.'] }, { text: 'Hi' }]);
  for (const think of [undefined, null, true, 'high']) {
    assert.equal(checkOllamaStream('chat', streamLines('chat', events, { think })).thinking, 'Hm.');
  }
  assert.equal(checkOllamaStream('chat', streamLines('chat', events, { think: false })).thinking, '');
});

test('an answer of which no usage is told tells no counts', () => {
  const events = [event({ type: 'response.completed', response: { status: 'completed', output: [] } })];
  const { promptTokens, answerTokens, text } = checkOllamaStream('chat', streamLines('chat', events));
  assert.deepEqual([promptTokens, answerTokens, text], [undefined, undefined, '']);
});

test('log probabilities come with their text, where they are asked for', () => {
  const scored = (delta: string, logprob: number) =>
    event({
      type: 'response.output_text.delta',
      item_id: 'm',
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: [{ token: delta, logprob, top_logprobs: [{ token: 'x', logprob: -9 }] }],
    });
  const events = [
    scored('Hi', -0.1),
    scored(' there', -0.2),
    event({ type: 'response.completed', response: { status: 'completed', output: [] } }),
  ];
  const top_logprobs = [{ token: 'x', logprob: -9, bytes: null }];
  const expected = [
    { token: 'Hi', logprob: -0.1, bytes: null, top_logprobs },
    { token: ' there', logprob: -0.2, bytes: null, top_logprobs },
  ];
  for (const kind of kinds) {
    const asked = { logprobs: true, top_logprobs: 1 };
    assert.deepEqual(checkOllamaStream(kind, streamLines(kind, events, asked)).logprobs, expected);
    assert.deepEqual(checkOllamaAnswer(kind, answerWhole(kind, events, asked)).logprobs, expected);
    assert.doesNotMatch(streamLines(kind, events), /logprobs/);
  }
});

test('what keeps the connection alive is a piece without text, at any time', () => {
  const events = script([{ reasoning: ['Hm.'] }, { text: 'Hi there' }, { call: 'f', arguments: {} }]);
  for (const kind of kinds) {
    const encoder = openStream(kind);
    const wire = events.map((each) => encoder.encode(each, 0) + encoder.keepalive).join('') + encoder.finish();
    const { text, thinking, toolCalls } = checkOllamaStream(kind, wire);
    assert.deepEqual([text, thinking, toolCalls.length], ['Hi there', 'Hm.', 1]);
  }
});

test('a stream that fails ends with the error as its last line', () => {
  const error = new OpenCompatError('OC_OVERLOADED', { reason: 'Busy.\nTry "later".' });
  const encoder = openStream('chat');
  assert.equal(encoder.fail(error.public), '{"error":"Busy.\\nTry \\"later\\"."}\n');
});

test('a text comes out the same however it is cut into deltas', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.constantFrom(...kinds), (deltas, kind) => {
      const events = [
        ...deltas.map((delta) =>
          event({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta }),
        ),
        event({ type: 'response.completed', response: { status: 'completed', output: [] } }),
      ];
      const streamed = checkOllamaStream(kind, streamLines(kind, events));
      assert.equal(streamed.text, deltas.join(''));
      assert.deepEqual(streamed, checkOllamaAnswer(kind, answerWhole(kind, events)));
    }),
  );
});

test('arguments come out the same however they are cut into deltas', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (args, size) => {
      const whole = JSON.stringify(args);
      const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
        whole.slice(n * size, (n + 1) * size),
      );
      const item = { type: 'function_call', call_id: 'call_a', name: 'f', arguments: '' };
      const events = [
        event({ type: 'response.output_item.added', output_index: 0, item }),
        ...pieces.map((delta) => event({ type: 'response.function_call_arguments.delta', output_index: 0, delta })),
        event({ type: 'response.completed', response: { status: 'completed', output: [] } }),
      ];
      const [call] = checkOllamaStream('chat', streamLines('chat', events)).toolCalls;
      assert.deepEqual(call?.function.arguments, JSON.parse(whole));
    }),
  );
});
