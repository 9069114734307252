import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCopilotMemory } from '../../../lib/providers/copilot/memory.ts';

test('paths and fields are remembered for the model that refused them', () => {
  const memory = createCopilotMemory();
  memory.refusePath('a', '/responses');
  memory.refuseField('a', 'top_p');
  memory.refuseField('a', 'seed');
  assert.equal(memory.isRefused('a', '/responses'), true);
  assert.equal(memory.isRefused('a', '/chat/completions'), false);
  assert.equal(memory.isRefused('b', '/responses'), false);
  memory.forgetPaths('a');
  assert.equal(memory.isRefused('a', '/responses'), false);
  assert.deepEqual([...memory.fieldsRefused('a')], ['top_p', 'seed']);
  assert.deepEqual([...memory.fieldsRefused('b')], []);
});

test('what is remembered has a limit, however many names and fields come', () => {
  const memory = createCopilotMemory();
  for (let number = 0; number < 2000; number++) {
    memory.refusePath(`model-${number}`, '/responses');
    memory.refuseField('one', `field-${number}`);
  }
  assert.equal(memory.isRefused('model-0', '/responses'), false, 'the oldest is forgotten');
  assert.equal(memory.isRefused('model-1999', '/responses'), true);
  assert.ok(memory.fieldsRefused('one').size <= 64);
});
