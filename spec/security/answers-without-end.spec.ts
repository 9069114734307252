/**
 * What the attacker does: answers, as an upstream, with very many items and parts of items, at indexes as large as numbers
 * go, with very large items, or with annotations without end.
 * What must hold: such an answer is refused while it is read, before the time or the memory it takes grows beyond bounds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientApi } from '../../lib/apis/api.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { messages } from '../../lib/apis/messages/index.ts';
import { ollamaChat } from '../../lib/apis/ollama/index.ts';
import { responsesUpstream } from '../../lib/apis/responses/decoder.ts';
import { responses } from '../../lib/apis/responses/index.ts';
import { RegularStream } from '../../lib/canonical/regular-stream.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';

/** Of process time; looking through all items with each of them takes half a minute. */
const limitMs = 5000;
const events = 60_000;
const text = { type: 'response.output_text.delta', item_id: 'i', content_index: 0, delta: 'x' };
const message = { type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'x' }] };

const endless: Record<string, (index: number) => object> = {
  calls: (index) => ({
    type: 'response.output_item.added',
    output_index: 1e15 + index,
    item: { type: 'function_call', id: 'x', call_id: `c${index}`, name: 'f', arguments: '' },
  }),
  messages: (index) => ({ type: 'response.output_item.done', output_index: index, item: message }),
  'items that were never opened': (index) => ({ ...text, output_index: index }),
  'items at indexes that are none': (index) => ({ ...text, output_index: [index] }),
  'parts of an item': (index) => ({ ...text, output_index: 0, content_index: index * 1e9 }),
  'summaries of reasoning': (index) => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index: index,
    delta: 'x',
  }),
};

/** As an upstream's events are read. */
function createRegularDecoder(onEvent: (event: CanonicalEvent) => void): (data: string) => void {
  const stream = new RegularStream({ id: 'id', maxCharacters: 64 * 1024 * 1024 }, onEvent);
  const facts = { id: 'id', createdS: 1, model: 'm' };
  return responsesUpstream.createDecoder({ ...facts, onEvent: (event) => stream.take(event), onVendorEvent() {} })
    .decode;
}

const apis = [chatCompletions, messages, ollamaChat, responses] as unknown as ClientApi[];

for (const [name, make] of Object.entries(endless)) {
  test(`${name} without end`, () => {
    for (const api of apis) {
      const whole = api.createAnswerEncoder({ model: 'm', messages: [], input: [] }, {
        id: 'id',
        createdS: 1,
        receivedMs: 1,
        nowMs: () => 2,
        model: 'm',
        request: { model: 'm', input: [], stream: false },
        headers: {},
        defaults: { reasoningCompat: 'none' },
        ignore() {},
      } as never);
      const decode = createRegularDecoder((event) => whole.add(event, 0));
      const before = process.cpuUsage();
      assert.throws(() => {
        for (let index = 0; index < events; index += 1) decode(JSON.stringify(make(index)));
      }, /too many parts/);
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1000 < limitMs, `${api.name}: ${(user + system) / 1000} ms`);
    }
  });
}

test('a list of items that comes at once is no longer than that either', () => {
  const decode = createRegularDecoder(() => {});
  const response = { output: Array.from({ length: events }, () => message) };
  assert.throws(() => decode(JSON.stringify({ type: 'response.completed', response })), /too many parts/);
});

test('what is kept of an answer has a size', () => {
  const decode = createRegularDecoder(() => {});
  const data = JSON.stringify({
    type: 'response.output_text.annotation.added',
    output_index: 0,
    content_index: 0,
    annotation: { type: 'url_citation', url: 'x'.repeat(1_000_000) },
  });
  assert.throws(() => {
    for (let count = 0; count < 1000; count += 1) decode(data);
  }, /too long/);
});
