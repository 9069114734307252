import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateCredits } from '../../../lib/providers/copilot/credits.ts';
import { assumeModel, fallbackModels, parseModels } from '../../../lib/providers/copilot/models.ts';
import { createFakeCopilotModel } from '../../support/copilot-refusals.ts';

const listing = (...models: { entry: object }[]) => ({ object: 'list', data: models.map(({ entry }) => entry) });

test('an entry becomes what is known of a model', () => {
  const traits = { paths: ['/chat/completions', '/responses', 'ws:/responses'], efforts: ['high', 'low', 'odd'] };
  const [model] = parseModels(listing(createFakeCopilotModel('gpt-5.4', traits)));
  assert.deepEqual(model, {
    id: 'gpt-5.4',
    createdS: 0,
    ownedBy: 'Azure OpenAI',
    displayName: 'GPT-5.4',
    efforts: ['low', 'high'],
    contextWindow: 200000,
    maxOutputTokens: 16000,
    hasTools: true,
    hasParallelToolCalls: true,
    inputModalities: ['text', 'image'],
    paths: ['/chat/completions', '/responses'],
  });
});

test('a model is asked over HTTP that is listed for a WebSocket alone', () => {
  const [model] = parseModels(listing(createFakeCopilotModel('gpt-6', { paths: ['ws:/responses'] })));
  assert.deepEqual(model?.paths, ['/responses']);
});

test('prices are read in every form that the API has had, and give the credits of an answer', () => {
  const usage = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 400, cache_write_tokens: 0 },
    output_tokens: 100,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1100,
  };
  const creditsBy = (token_prices: object, used = usage) => {
    const { entry } = createFakeCopilotModel('gpt-5.4');
    const [model] = parseModels({ data: [{ ...entry, billing: { token_prices } }] });
    return model?.prices && estimateCredits(model.prices, used);
  };
  const flat = { input_price: 300, output_price: 1500, cache_price: 30, batch_size: 1_000_000 };
  const { cache_price, ...rest } = flat;
  const newer = { ...rest, cache_read_price: cache_price, context_max: 200_000, auto_discount: 0.1 };
  const long = { ...newer, input_price: 600, output_price: 3000, cache_read_price: 60 };
  const credits = 0.342;
  for (const told of [flat, newer, { default: flat }, { default: newer, long_context: long }]) {
    assert.equal(creditsBy(told), credits, JSON.stringify(told));
  }
  const much = { ...usage, input_tokens: 200_001, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 1 } };
  assert.equal(creditsBy({ default: newer, long_context: long }, much), (200_001 * 600 + 100 * 3000) / 1_000_000);
  for (const odd of [{}, { default: {} }, { input_price: 'x', output_price: 1 }])
    assert.equal(creditsBy(odd), undefined);
});

test('what may not be picked, or is switched off, is hidden; what neither answers nor embeds is none', () => {
  const models = parseModels(
    listing(
      createFakeCopilotModel('unpicked', { isPicked: false }),
      createFakeCopilotModel('disabled', { policy: 'disabled' }),
      createFakeCopilotModel('unconfigured', { policy: 'unconfigured' }),
      createFakeCopilotModel('completing', { type: 'completion' }),
      createFakeCopilotModel('embedding', { type: 'embeddings', isPicked: false, hasDimensions: true }),
    ),
  );
  assert.deepEqual(
    models.map(({ id, isHidden = false, purpose, hasDimensions }) => [id, isHidden, purpose, hasDimensions]),
    [
      ['unpicked', true, undefined, undefined],
      ['disabled', true, undefined, undefined],
      ['unconfigured', false, undefined, undefined],
      ['embedding', false, 'embeddings', true],
    ],
  );
});

test('of several entries of one id the first that may be picked is the model', () => {
  const hidden = createFakeCopilotModel('twice', { isPicked: false, vendor: 'one' });
  const picked = createFakeCopilotModel('twice', { vendor: 'two' });
  const third = createFakeCopilotModel('twice', { vendor: 'three' });
  for (const order of [
    [hidden, picked, third],
    [picked, third, hidden],
  ]) {
    const models = parseModels(listing(...order));
    assert.deepEqual(
      models.map(({ ownedBy, isHidden }) => [ownedBy, isHidden]),
      [['two', undefined]],
    );
  }
});

test('reading a list never throws, and gives sound models', () => {
  const entry = fc.record(
    {
      id: fc.anything(),
      name: fc.anything(),
      model_picker_enabled: fc.anything(),
      policy: fc.anything(),
      supported_endpoints: fc.anything(),
      capabilities: fc.oneof(
        fc.anything(),
        fc.record({ type: fc.constantFrom('chat', 'embeddings', 1), limits: fc.anything(), supports: fc.anything() }),
      ),
    },
    { requiredKeys: [] },
  );
  const answer = fc.oneof(fc.anything(), fc.record({ data: fc.oneof(fc.anything(), fc.array(entry)) }));
  fc.assert(
    fc.property(answer, (value) => {
      for (const { id, efforts, paths, purpose } of parseModels(value)) {
        assert.ok(id && typeof id === 'string' && Array.isArray(efforts));
        assert.ok(purpose === 'embeddings' || paths.length > 0);
      }
    }),
  );
});

test('a model of no list is taken for one of its family', () => {
  assert.deepEqual(assumeModel('gpt-6-nova').paths[0], '/responses');
  assert.deepEqual(assumeModel('gpt-4o').paths, ['/chat/completions']);
  assert.deepEqual(assumeModel('claude-9').paths, ['/chat/completions', '/v1/messages']);
  assert.equal(assumeModel('text-embedding-9').purpose, 'embeddings');
  assert.equal(new Set(fallbackModels.map(({ id }) => id)).size, fallbackModels.length);
});
