import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lessons } from '../../lib/providers/lessons.ts';
import { ModelNotes, RefusalMemory } from '../../lib/providers/model-notes.ts';

test('notes are of the model that they were made on, until they are forgotten', () => {
  const notes = new ModelNotes();
  assert.equal(notes.add('a', '/responses'), true);
  assert.equal(notes.add('a', '/responses'), false, 'known already');
  assert.deepEqual([...notes.of('a')], ['/responses']);
  assert.deepEqual([...notes.of('b')], []);
  notes.forget('a');
  assert.deepEqual([...notes.of('a')], []);
});

test('what a model has refused is left out for it, for a day', () => {
  let nowMs = 0;
  const memory = new RefusalMemory(() => nowMs);
  assert.equal(memory.note('a', { fields: ['top_p'] }), true);
  assert.equal(memory.note('a', { fields: ['seed'], efforts: ['low'] }), true);
  assert.equal(memory.note('a', { fields: ['seed'], efforts: ['low'] }), false, 'nothing new: asking again is no use');
  assert.deepEqual([...memory.of('a').omit], ['top_p', 'seed']);
  assert.deepEqual(memory.of('a').efforts, ['low']);
  assert.deepEqual([...memory.of('b').omit], []);
  nowMs = 24 * 3_600_000;
  assert.deepEqual([...memory.of('a').omit], []);
  assert.equal(memory.of('a').efforts, undefined);
});

test('what an exchange was told is its own until the upstream accepts', () => {
  const memory = new RefusalMemory();
  const [mine, others] = [new Lessons(), new Lessons()];
  assert.equal(memory.note('a', { fields: ['seed'] }, { lessons: mine }), true);
  assert.equal(memory.note('a', { fields: ['seed'] }, { lessons: mine }), false, 'told before');
  assert.equal(memory.note('a', { fields: ['top_p'], efforts: ['low'] }, { lessons: mine }), true);
  assert.deepEqual([...memory.of('a', mine).omit], ['seed', 'top_p']);
  for (const model of ['a', 'b']) assert.equal(memory.of(model, others).omit.size, 0);
  assert.equal(new RefusalMemory().of('a', mine).omit.size, 0, 'of another provider');
  mine.accept();
  assert.deepEqual([...memory.of('a').omit], ['seed', 'top_p']);
  assert.deepEqual(memory.of('a').efforts, ['low']);
});

test('what is remembered has a limit, however many names and fields come', () => {
  const notes = new ModelNotes();
  const memory = new RefusalMemory();
  for (let number = 0; number < 2000; number++) {
    notes.add(`model-${number}`, '/responses');
    notes.add('model-1999', `note-${number}`);
    memory.note('one', { fields: [`field-${number}`] });
    memory.note(`model-${number}`, { fields: ['seed'] });
  }
  assert.equal(notes.of('model-0').size, 0, 'the oldest is forgotten');
  assert.equal(memory.of('model-0').omit.size, 0);
  assert.ok(notes.of('model-1999').size <= 64);
  assert.ok(memory.of('model-1999').omit.has('seed'));
  assert.ok(memory.of('one').omit.size <= 64);
});
