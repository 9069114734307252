/** Canonical events as completions, streamed and not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { completions } from '../../../lib/apis/completions/index.ts';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import type { ChoiceEvent } from '../../support/chat-answers.ts';
import { answerCompletion, checkCompletionStream, streamCompletion } from '../../support/completion-answers.ts';
import { scriptAnswer } from '../../support/scripted-answer.ts';

const usage = (input_tokens: number, output_tokens: number) => ({
  input_tokens,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input_tokens + output_tokens,
});

const script = (text: string, choice = 0, told: object = usage(3, 2)): ChoiceEvent[] =>
  scriptAnswer([{ reasoning: ['Hm.'] }, { text }], { usage: told }).map(
    (event): ChoiceEvent => [event as unknown as CanonicalEvent, choice],
  );

test('a streamed answer, to the letter', () => {
  const head = '"id":"cmpl-req7","object":"text_completion","created":1800000000,"model":"gpt-5.5"';
  const chunk = (text: string, reason = 'null') =>
    `data: {${head},"choices":[{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${reason}}],"usage":null}\n\n`;
  assert.equal(
    streamCompletion(script('upon a'), { stream: true, stream_options: { include_usage: true } }),
    `${chunk('upon ')}${chunk('a')}${chunk('', '"stop"')}data: {${head},"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\ndata: [DONE]\n\n`,
  );
});

test('a whole answer, to the letter', () => {
  assert.deepEqual(answerCompletion(script('upon a')), {
    id: 'cmpl-req7',
    created: 1_800_000_000,
    model: 'gpt-5.5',
    choices: [{ text: 'upon a', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
});

test('several prompts with several choices: numbered prompt by prompt, each prompt’s tokens counted once', () => {
  const body = { prompt: ['A', 'B'], n: 2, echo: true };
  const events = [
    ...script('four', 3, usage(20, 4)),
    ...script('one', 0, usage(10, 1)),
    ...script('three', 2, usage(20, 3)),
    ...script('two', 1, usage(10, 2)),
  ];
  const whole = answerCompletion(events, body);
  assert.deepEqual(
    whole.choices.map(({ text }) => text),
    ['Aone', 'Atwo', 'Bthree', 'Bfour'],
  );
  assert.deepEqual(whole.usage, { prompt_tokens: 30, completion_tokens: 10, total_tokens: 40 });
  const streaming = { stream: true, stream_options: { include_usage: true } };
  const wire = streamCompletion(events, { ...body, ...streaming });
  assert.deepEqual(checkCompletionStream(wire, { hasUsage: true, choices: 4 }), whole);
});

test('log probabilities are lists of one entry a token, with the place of each in the text', () => {
  const scored = (delta: string, ...tokens: string[]) => ({
    type: 'response.output_text.delta',
    item_id: 'm',
    output_index: 0,
    content_index: 0,
    delta,
    logprobs: tokens.map((token) => ({ token, logprob: -token.length, top_logprobs: [{ token: 'x', logprob: -9 }] })),
  });
  const events = [
    scored('🙂 a', '🙂', ' a'),
    scored('b', 'b'),
    { type: 'response.completed', response: { status: 'completed', output: [] } },
  ].map((event): ChoiceEvent => [event as unknown as CanonicalEvent, 0]);
  const body = { logprobs: 1, echo: true };
  const whole = answerCompletion(events, body);
  assert.deepEqual(whole.choices[0]!.logprobs, {
    tokens: ['🙂', ' a', 'b'],
    token_logprobs: [-2, -2, -1],
    top_logprobs: [{ x: -9 }, { x: -9 }, { x: -9 }],
    text_offset: [4, 5, 7],
  });
  assert.deepEqual(checkCompletionStream(streamCompletion(events, body)), whole);
  assert.equal(answerCompletion(events).choices[0]!.logprobs, null);
});

test('prompts of tokens are echoed as text', () => {
  assert.equal(answerCompletion(script(' yes'), { prompt: [13225, 2375], echo: true }).choices[0]!.text, 'Hello world yes'); // biome-ignore format: one thought
});

test('errors name fields as this API does', () => {
  const error = (param: string) => new OpenCompatError('OC_INVALID_VALUE', { reason: 'No.' }, { param }).public;
  const expected = (param: string) => ({
    error: { message: 'No.', type: 'invalid_request_error', param, code: 'invalid_value' },
  });
  assert.deepEqual(completions.errorBody(error('input[1].content'), 'id'), expected('prompt'));
  assert.deepEqual(completions.errorBody(error('max_output_tokens'), 'id'), expected('max_tokens'));
  assert.deepEqual(completions.errorBody(error('input_audio'), 'id'), expected('input_audio'));
});

test('a text comes out the same however it is cut into deltas, whichever choice they are of', () => {
  const delta = fc.tuple(fc.string({ unit: 'binary' }), fc.nat(2));
  fc.assert(
    fc.property(fc.array(delta), (deltas) => {
      const events = [
        ...deltas.map(([text, choice]): ChoiceEvent => {
          const place = { item_id: 'm', output_index: 0, content_index: 0 };
          return [{ type: 'response.output_text.delta', ...place, delta: text } as unknown as CanonicalEvent, choice];
        }),
        ...[0, 1, 2].map((choice): ChoiceEvent => {
          const event = { type: 'response.completed', response: { status: 'completed', output: [] } };
          return [event as unknown as CanonicalEvent, choice];
        }),
      ];
      const whole = answerCompletion(events, { n: 3 });
      const textOf = (choice: number) => deltas.filter(([, of]) => of === choice).map(([text]) => text).join(''); // biome-ignore format: one thought
      assert.deepEqual(
        whole.choices.map(({ text }) => text),
        [textOf(0), textOf(1), textOf(2)],
      );
      assert.deepEqual(checkCompletionStream(streamCompletion(events, { n: 3 }), { choices: 3 }), whole);
    }),
  );
});
