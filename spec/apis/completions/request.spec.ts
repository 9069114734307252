/** Completions requests in canonical form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { type CompletionRequest, completions } from '../../../lib/apis/completions/index.ts';
import { toContinuation, toGapFilling } from '../../../lib/apis/plain-prompts.ts';
import type { CanonicalInputItem } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';

const validate = createValidator(completions.schema);

function translate(fields: object) {
  const body = { model: 'm', prompt: 'Once', ...fields };
  validate(body);
  const ignored: string[] = [];
  const request = completions.toCanonical(body as CompletionRequest, {
    headers: {},
    defaults: { reasoningCompat: 'none' },
    ignore: (param) => ignored.push(param),
  });
  return { ...request, ignored };
}

function extras(fields: object): object {
  const { model: _model, input: _input, stream: _stream, ignored, ...rest } = translate(fields);
  return ignored.length > 0 ? { ...rest, ignored } : rest;
}

/** The text of each conversation's last message. */
function promptsOf(prompt: unknown): unknown[] {
  const { input, moreInputs = [] } = translate({ prompt });
  return [input, ...moreInputs].map((items: CanonicalInputItem[]) => {
    const [, said] = items as unknown as { content: { text: string }[] }[];
    return said!.content[0]!.text;
  });
}

test('a request says no more than its body does: a text to go on with, and no limit', () => {
  const bare = { model: 'm', input: toContinuation('Once'), stream: false, ignored: [] };
  assert.deepEqual(translate({}), bare);
  const names = Object.keys(completions.schema.properties ?? {}).filter((name) => !['model', 'prompt'].includes(name));
  assert.deepEqual(translate(Object.fromEntries(names.map((name) => [name, null]))), bare);
});

test('a suffix makes a gap to fill', () => {
  assert.deepEqual(translate({ suffix: 'end' }).input, toGapFilling('Once', 'end'));
  assert.deepEqual(translate({ suffix: '' }).input, toContinuation('Once'));
});

test('prompts: a text, texts, tokens, lists of tokens', () => {
  assert.deepEqual(promptsOf('a'), ['a']);
  assert.deepEqual(promptsOf(['a', '', 'c']), ['a', '', 'c']);
  assert.deepEqual(promptsOf(encode('Hello, wörld')), ['Hello, wörld']);
  assert.deepEqual(promptsOf([encode('one'), encode('two')]), ['one', 'two']);
});

test('texts and tokens come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1 }), (texts) => {
      assert.deepEqual(promptsOf(texts), texts);
      assert.deepEqual(promptsOf(texts.map((text) => encode(text))), texts);
    }),
  );
});

const parameterRows: [fields: object, expected: object][] = [
  [
    { max_tokens: 5, n: 2, stop: 'x' },
    { max_output_tokens: 5, choices: 2, stop: ['x'] },
  ],
  [{ stop: ['x', 'y'] }, { stop: ['x', 'y'] }],
  [{ stop: [] }, {}],
  [
    { temperature: 1, top_p: 0.5, presence_penalty: 1, frequency_penalty: 1, logit_bias: { 5: 1 }, seed: 7, user: 'u' },
    { temperature: 1, top_p: 0.5, presence_penalty: 1, frequency_penalty: 1, logit_bias: { 5: 1 }, seed: 7, user: 'u' },
  ],
  [{ echo: true, stream_options: { include_usage: true } }, {}],
  [{ n: 2, best_of: 2 }, { choices: 2 }],
  [{ best_of: 1 }, {}],
  [
    { n: 2, best_of: 4 },
    { choices: 2, ignored: ['best_of'] },
  ],
  [{ logprobs: 0 }, { logprobs: true }],
  [{ logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
  [{ min_p: 0.1, 'a\r\nb': 1, nothing: null }, { extra: { min_p: 0.1 } }],
];

for (const [fields, expected] of parameterRows) {
  test(`parameters: ${JSON.stringify(fields)}`, () => assert.deepEqual(extras(fields), expected));
}

function refusal(fields: object): string {
  try {
    translate(fields);
  } catch (error) {
    assert.ok(error instanceof OpenCompatError);
    return `${error.public.param}: ${error.public.code}`;
  }
  return 'taken';
}

const refusals: [fields: object, refusal: string][] = [
  [{ prompt: undefined }, 'prompt: missing_required_parameter'],
  [{ prompt: null }, 'prompt: invalid_type'],
  [{ prompt: 7 }, 'prompt: invalid_type'],
  [{ prompt: [] }, 'prompt: empty_array'],
  [{ prompt: [[]] }, 'prompt[0]: empty_array'],
  [{ prompt: ['a', 1] }, 'prompt: invalid_type'],
  [{ prompt: [{}] }, 'prompt[0]: invalid_type'],
  [{ prompt: [1.5] }, 'prompt[0]: invalid_type'],
  [{ prompt: [999_999_999] }, 'prompt: invalid_value'],
  [{ prompt: Array(2049).fill('') }, 'prompt: array_above_max_length'],
  [{ prompt: [-1] }, 'prompt[0]: integer_below_min_value'],
  [{ max_tokens: 0 }, 'max_tokens: integer_below_min_value'],
  [{ n: 0 }, 'n: integer_below_min_value'],
  [{ stop: [''] }, 'stop[0]: empty_string'],
  [{ temperature: 3 }, 'temperature: decimal_above_max_value'],
  [{ suffix: 1 }, 'suffix: invalid_type'],
];

for (const [fields, expected] of refusals) {
  test(`refuses ${JSON.stringify(fields).slice(0, 80)}`, () => assert.equal(refusal(fields), expected));
}

test('whatever a body holds, it is taken or refused', () => {
  const fields = fc.dictionary(
    fc.constantFrom(...Object.keys(completions.schema.properties ?? {}), 'extra'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fields, (body) => {
      refusal(body);
    }),
    { numRuns: 500 },
  );
});
