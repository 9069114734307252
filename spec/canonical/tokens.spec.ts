import assert from 'node:assert/strict';
import test from 'node:test';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { countInputTokens, countTokens, estimateInputTokens, findTokenBoundary } from '../../lib/canonical/tokens.ts';
import type { CanonicalRequest } from '../../lib/canonical/types.ts';

test('counting up to a boundary and from it on is counting the whole', () => {
  const unit = fc.constantFrom(
    'a',
    'B',
    ' ',
    '  ',
    '\n',
    '1',
    '.',
    "'s",
    '漢',
    'é',
    'e\u0301',
    '🙂',
    ' the',
    'ing',
    '/',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      const boundary = findTokenBoundary(text);
      assert.equal(countTokens(text.slice(0, boundary)) + countTokens(text.slice(boundary)), countTokens(text));
    }),
    { numRuns: 2000 },
  );
});

test('text that spells a control token is counted as text', () => {
  assert.ok(countTokens('<|endoftext|>') > 1);
});

test('the estimate of a request grows with its texts, tools and results', () => {
  const request: CanonicalRequest = {
    model: 'gpt-5',
    stream: true,
    input: [{ role: 'user', content: 'one two three' }],
  };
  const plain = estimateInputTokens(request);
  assert.ok(plain >= 3 && plain < 12);
  const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'four five six' };
  assert.ok(estimateInputTokens({ ...request, input: [...request.input, output] }) >= plain + 3);
  assert.ok(estimateInputTokens({ ...request, instructions: 'four five six' }) >= plain + 3);
});

test('a huge prompt is estimated from its start', () => {
  const content = 'word '.repeat(200_000);
  const estimate = estimateInputTokens({ model: 'gpt-5', stream: true, input: [{ role: 'user', content }] });
  assert.ok(Math.abs(estimate - 200_000) < 2000, String(estimate));
});

test('a long prompt is counted in pieces as it is in one', async () => {
  const content = 'The quick brown fox, 12345 of them, jumps.\n\n  Über 漢字! '.repeat(1000);
  const counted = await countInputTokens({ model: 'gpt-5', stream: true, input: [{ role: 'user', content }] });
  assert.equal(counted, countTokens(content) + 4);
});

test('a short prompt is estimated exactly', async () => {
  const request: CanonicalRequest = { model: 'gpt-5', stream: true, instructions: 'Be brief.', input: [] };
  assert.equal(estimateInputTokens(request), await countInputTokens(request));
});

test('nothing is kept of a text that was counted', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const count = (word: string) => {
    const content = word + ' a b'.repeat(250_000);
    estimateInputTokens({ model: 'gpt-5', stream: true, input: [{ role: 'user', content }] });
  };
  count('warm');
  collect();
  const before = getHeapStatistics().used_heap_size;
  // Each brings a word that was not there before: a cache that kept a slice of the text would keep all of it.
  for (let index = 0; index < 30; index += 1) count(`bcdfghjkl${String.fromCharCode(0x62 + index)}mnpqrstvwxz`);
  collect();
  assert.ok(getHeapStatistics().used_heap_size - before < 10_000_000);
});

test('pictures and files count by rule of thumb, wherever they are', () => {
  const estimate = (...parts: object[]) => {
    const item = { type: 'function_call_output', call_id: 'call_1', output: parts };
    return estimateInputTokens({ model: 'gpt-5', stream: true, input: [item as never] });
  };
  const none = estimate();
  const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' };
  assert.equal(estimate(image, image) - none, 2000);
  assert.equal(estimate({ type: 'input_file', file_url: 'https://a.example/b.pdf' }) - none, 2000);
  assert.equal(estimate({ type: 'input_file', file_data: 'A'.repeat(200_000) }) - none, 6000);
});
