/** POST /v1/embeddings, with the clients that ask for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed, embedMany } from 'ai';
import fc from 'fast-check';
import { embeddings } from '../../../lib/apis/embeddings/index.ts';
import { readEmbeddings } from '../../../lib/providers/openai-compatible/embeddings.ts';
import { createBoxHarness, post } from '../../support/box-harness.ts';
import { fakeVector } from '../../support/fake-openai-server.ts';
import { createHarness } from '../../support/harness.ts';

const model = 'fake-embedding';

interface Answer {
  object: string;
  model: string;
  data: { object: string; index: number; embedding: number[] | string }[];
  usage: { prompt_tokens: number; total_tokens: number };
}

test('one text, and several in their order', async (t) => {
  const h = await createBoxHarness(t);
  const one = (await (await post(h, '/v1/embeddings', { model, input: 'Hello' })).json()) as Answer;
  assert.deepEqual(one, {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [...fakeVector, 0] }],
    model,
    usage: { prompt_tokens: 3, total_tokens: 3 },
  });
  const many = (await (await post(h, '/v1/embeddings', { model: `box/${model}`, input: ['a', 'b'] })).json()) as Answer;
  assert.deepEqual(
    many.data.map(({ index, embedding }) => [index, embedding]),
    [
      [0, [...fakeVector, 0]],
      [1, [...fakeVector, 1]],
    ],
  );
  assert.equal(many.model, `box/${model}`);
});

test('tokens of one text, and of several', async (t) => {
  const h = await createBoxHarness(t);
  const lengthOf = async (input: unknown) =>
    ((await (await post(h, '/v1/embeddings', { model, input })).json()) as Answer).data.length;
  assert.equal(await lengthOf([1, 2, 3]), 1);
  assert.deepEqual(h.box.otherRequests.at(-1)!.body.input, [[1, 2, 3]]);
  assert.equal(await lengthOf([[1, 2], [3]]), 2);
});

test('the upstream is asked for numbers, with what the client said besides', async (t) => {
  const h = await createBoxHarness(t);
  await post(h, '/v1/embeddings', {
    ...{ model, input: 'a', dimensions: 8, user: 'me', encoding_format: 'base64', input_type: 'query', nothing: null },
  });
  assert.deepEqual(h.box.otherRequests.at(-1)!.body, {
    ...{ input_type: 'query', model, input: ['a'], encoding_format: 'float', dimensions: 8, user: 'me' },
  });
});

test('the openai SDK, which asks for base64 unless it is told', async (t) => {
  const h = await createBoxHarness(t);
  for (const encoding_format of [undefined, 'float', 'base64'] as const) {
    const { data, usage } = await h.client.embeddings.create({ model, input: ['a', 'b'], encoding_format });
    const vectors = data.map(({ embedding }) =>
      typeof embedding === 'string'
        ? [...new Float32Array(Uint8Array.from(Buffer.from(embedding as string, 'base64')).buffer)]
        : embedding,
    );
    assert.deepEqual(vectors, [
      [...fakeVector, 0],
      [...fakeVector, 1],
    ]);
    assert.equal(usage.prompt_tokens, 6);
  }
});

test('LangChain, and the AI SDK through both of its providers', async (t) => {
  const h = await createBoxHarness(t);
  const baseURL = `${h.url}/v1`;
  const langChain = new OpenAIEmbeddings({ model, apiKey: 'none', configuration: { baseURL }, maxRetries: 0 });
  assert.deepEqual(await langChain.embedQuery('Hello'), [...fakeVector, 0]);
  assert.deepEqual(await langChain.embedDocuments(['a', 'b']), [
    [...fakeVector, 0],
    [...fakeVector, 1],
  ]);
  for (const provider of [
    createOpenAI({ baseURL, apiKey: 'none' }).embeddingModel(model),
    createOpenAICompatible({ name: 'opencompat', baseURL }).embeddingModel(model),
  ]) {
    assert.deepEqual((await embed({ model: provider, value: 'Hello', maxRetries: 0 })).embedding, [...fakeVector, 0]);
    const { embeddings: vectors, usage } = await embedMany({ model: provider, values: ['a', 'b'], maxRetries: 0 });
    assert.equal(vectors.length, 2);
    assert.equal(usage.tokens, 6);
  }
});

const refused: [what: string, input: unknown, param: string, code: string][] = [
  ['nothing', undefined, 'input', 'missing_required_parameter'],
  ['null', null, 'input', 'invalid_type'],
  ['an empty text', '', 'input', 'invalid_value'],
  ['an empty list', [], 'input', 'empty_array'],
  ['a list with an empty text', ['a', ''], 'input[1]', 'invalid_value'],
  ['a list of different things', ['a', 5], 'input[1]', 'invalid_type'],
  ['tokens and a text', [5, 'a'], 'input[1]', 'invalid_type'],
  ['tokens that are none', [5, -1], 'input[1]', 'integer_below_min_value'],
  ['halves of tokens', [[5], [1.5]], 'input[1][0]', 'invalid_type'],
  ['a list of lists of texts', [['a']], 'input[0][0]', 'invalid_type'],
  ['an object', { a: 1 }, 'input', 'invalid_type'],
  ['too many texts', Array.from({ length: 2049 }, () => 'a'), 'input', 'array_above_max_length'],
  ['too many tokens', Array.from({ length: 8193 }, () => 1), 'input', 'array_above_max_length'],
];
test('what is no input is refused with its place', async (t) => {
  const h = await createBoxHarness(t);
  for (const [what, input, param, code] of refused) {
    const answer = await post(h, '/v1/embeddings', { model, input });
    const { error } = (await answer.json()) as { error: { param: string; code: string; message: string } };
    assert.equal(answer.status, 400, what);
    assert.equal(error.param, param, `${what}: ${error.message}`);
    if (code !== 'invalid_value') assert.equal(error.code, code, `${what}: ${error.message}`);
  }
  for (const body of [{ dimensions: 0 }, { dimensions: 1.5 }, { encoding_format: 'int8' }, { user: 5 }]) {
    assert.equal((await post(h, '/v1/embeddings', { model, input: 'a', ...body })).status, 400, JSON.stringify(body));
  }
  assert.deepEqual(
    h.box.otherRequests.filter(({ method }) => method === 'POST'),
    [],
  );
  const most = await post(h, '/v1/embeddings', { model, input: Array.from({ length: 2048 }, () => 'a') });
  assert.equal(most.status, 200);
});

test('refusals of the upstream, and answers that are none', async (t) => {
  const h = await createBoxHarness(t);
  const unknown = await post(h, '/v1/embeddings', { model: 'box/unknown', input: 'a' });
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /model_not_found/);
});

test('ChatGPT has none', async (t) => {
  const h = await createHarness(t);
  const answer = await post(h as never, '/v1/embeddings', { model: 'gpt-5.5', input: 'a' });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /ChatGPT does not serve embeddings/);
});

test('the demo: the same text gets the same vector, a like one a near one, of any length asked for', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const vectorsOf = async (input: string | string[], dimensions?: number) =>
    (
      await h.client.embeddings.create({ model: 'demo-embeddings', input, dimensions, encoding_format: 'float' })
    ).data.map(({ embedding }) => embedding);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const [cat, cats, tax, again] = await vectorsOf([
    'The cat sat on the mat',
    'A cat is sitting on a mat',
    'Quarterly tax returns are due in April',
    'The cat sat on the mat',
  ]);
  assert.deepEqual(cat, again);
  assert.ok(Math.abs(dot(cat!, cat!) - 1) < 1e-6);
  assert.ok(dot(cat!, cats!) > dot(cat!, tax!) + 0.2);
  const [short] = await vectorsOf('!', 3);
  assert.deepEqual(short, [1, 0, 0]);
  assert.equal((await vectorsOf('Hello', 1536))[0]!.length, 1536);
  const texts = Array.from({ length: 2048 }, (_, index) => `text ${index}`);
  assert.equal((await vectorsOf(texts)).length, 2048);
  await assert.rejects(vectorsOf(texts, 65_536), /at most 1048576 numbers/);
});

test('base64 gives back the numbers, as 32-bit floats', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.array(fc.array(float, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }),
      (vectors) => {
        const body = { model, input: 'a', encoding_format: 'base64' as const };
        const answer = embeddings.encodeEmbeddings!({ vectors }, body, { model } as never) as Answer;
        assert.deepEqual(
          readEmbeddings(answer as never).vectors.map((vector) => [...Float32Array.from(vector)]),
          vectors.map((vector) => [...Float32Array.from(vector)]),
        );
      },
    ),
  );
});

test('answers of servers: in any order, in base64, and what is none', () => {
  assert.deepEqual(
    readEmbeddings({
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
      usage: { total_tokens: 4 },
    }),
    { vectors: [[1], [2]], inputTokens: 4 },
  );
  assert.deepEqual(readEmbeddings({ data: [{ embedding: [1] }] }), { vectors: [[1]] });
  for (const data of [
    undefined,
    {},
    [null],
    [{}],
    [{ embedding: [] }],
    [{ embedding: ['1'] }],
    [{ embedding: 'abc' }],
    [
      { index: 0, embedding: [1] },
      { index: 0, embedding: [1] },
    ],
    [{ index: 7, embedding: [1] }],
    [{ index: -1, embedding: [1] }],
  ]) {
    assert.throws(() => readEmbeddings({ data }), SyntaxError, JSON.stringify(data));
  }
});

test('as many tokens as OpenAI takes in one request are taken, and the error for more says how numbers count', async (t) => {
  const h = await createBoxHarness(t);
  const ask = (tokens: number) => {
    const input = new Array(2048).fill(new Array(Math.floor(tokens / 2048)).fill(123_456));
    return post(h, '/v1/embeddings', { model: 'fake-embedding', input });
  };
  assert.equal((await ask(300_000)).status, 200);
  const refused = await ask(600_000);
  assert.equal(refused.status, 413);
  assert.match(await refused.text(), /four numbers count as one.*maxBodyValues/);
});
