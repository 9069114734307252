import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
