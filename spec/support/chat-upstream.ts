/** Reads what upstreams of the Chat Completions API send, and checks that the events made of it are a proper Responses stream. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createParser } from 'eventsource-parser';
import type { StreamDecoder } from '../../lib/apis/api.ts';
import { chatUpstream } from '../../lib/apis/chat-completions/decoder.ts';
import { RegularStream } from '../../lib/canonical/regular-stream.ts';
import type { CanonicalEvent, CanonicalResponse } from '../../lib/canonical/types.ts';

type Json = Record<string, unknown>;

export const chatFixturesUrl = new URL('../fixtures/chat/', import.meta.url);

export function readChatFixture(name: string): string {
  return readFileSync(new URL(`${name}.sse`, chatFixturesUrl), 'utf8');
}

export function listChatFixtures(): string[] {
  return readdirSync(chatFixturesUrl).map((file) => file.replace(/\.sse$/, ''));
}

export interface DecodedChat {
  events: CanonicalEvent[];
  vendor: Json[];
}

/** The regular events that come of what `feed` gives to a decoder, copied when they are emitted: later changes must not show. */
export function collectEvents(feed: (decoder: StreamDecoder) => void): DecodedChat {
  const decoded: DecodedChat = { events: [], vendor: [] };
  const stream = new RegularStream({ id: 'ex1' }, (event) => decoded.events.push(structuredClone(event)));
  const decoder = chatUpstream.createDecoder({
    id: 'ex1',
    createdS: 1_800_000_000,
    model: 'some-model',
    onEvent: (event) => stream.take(event),
    onVendorEvent: (event) => decoded.vendor.push(event as unknown as Json),
  });
  feed(decoder);
  return decoded;
}

/** The events of a whole stream of SSE. */
export function decodeChat(sse: string): DecodedChat {
  return collectEvents((decoder) => {
    createParser({ onEvent: ({ data }) => decoder.decode(data) }).feed(sse);
    decoder.end();
  });
}

const starts: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'output_text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning_text',
};

/**
 * Fails unless the events stand in the order of the Responses API: numbered, items and parts opened before they are added
 * to, closed once, with the whole of what was streamed, and all of it in the terminal event. Gives that event's response.
 */
export function checkResponseStream(events: readonly CanonicalEvent[]): CanonicalResponse {
  const list = events as unknown as Json[];
  assert.deepEqual(
    list.map(({ sequence_number }) => sequence_number),
    list.map((_, index) => index),
    'numbered throughout',
  );
  assert.deepEqual([list[0]?.type, list[1]?.type], ['response.created', 'response.in_progress']);
  const terminal = list.at(-1)!;
  assert.match(terminal.type as string, /^response\.(completed|incomplete)$/);
  const response = terminal.response as Json;
  assert.equal(terminal.type, `response.${response.status}`);

  const items: { added: Json; done?: Json; parts: { text: string; type: string; isDone: boolean }[]; input: string }[] =
    [];
  const partOf = ({ output_index, content_index, item_id }: Json) => {
    const item = items[output_index as number]!;
    assert.ok(item && !item.done, 'the item is open');
    assert.equal(item.added.id, item_id);
    const part = item.parts[content_index as number]!;
    assert.ok(part && !part.isDone, 'the part is open');
    return part;
  };
  for (const event of list.slice(2, -1)) {
    const type = event.type as string;
    switch (type) {
      case 'response.output_item.added':
        assert.equal(event.output_index, items.length, 'items are numbered without gaps');
        items.push({ added: event.item as Json, parts: [], input: '' });
        break;
      case 'response.content_part.added': {
        const { parts } = items[event.output_index as number]!;
        assert.ok(
          parts.every(({ isDone }) => isDone),
          'one part after another',
        );
        assert.equal(event.content_index, parts.length);
        parts.push({ text: '', type: (event.part as Json).type as string, isDone: false });
        break;
      }
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.reasoning_text.delta': {
        const part = partOf(event);
        assert.equal(part.type, starts[type]);
        part.text += event.delta as string;
        break;
      }
      case 'response.output_text.done':
      case 'response.reasoning_text.done':
        assert.equal(event.text, partOf(event).text);
        break;
      case 'response.refusal.done':
        assert.equal(event.refusal, partOf(event).text);
        break;
      case 'response.content_part.done': {
        const part = partOf(event);
        const whole = event.part as Json;
        assert.equal(whole.type, part.type);
        assert.equal(whole.refusal ?? whole.text, part.text);
        part.isDone = true;
        break;
      }
      case 'response.output_text.annotation.added':
        assert.ok(items[event.output_index as number]!.parts[event.content_index as number]);
        break;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta': {
        const item = items[event.output_index as number]!;
        assert.ok(item && !item.done);
        assert.equal(item.added.id, event.item_id);
        item.input += event.delta as string;
        break;
      }
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        assert.equal(event.arguments ?? event.input, items[event.output_index as number]!.input);
        break;
      case 'response.output_item.done': {
        const item = items[event.output_index as number]!;
        assert.ok(item && !item.done, 'closed once');
        const done = event.item as Json;
        assert.deepEqual([done.type, done.id], [item.added.type, item.added.id]);
        assert.ok(item.parts.every(({ isDone }) => isDone));
        item.done = done;
        break;
      }
      default:
        assert.fail(`an event of the type ${type}`);
    }
  }
  const output = response.output as Json[];
  assert.equal(output.length, items.length);
  for (const [index, { done }] of items.entries()) {
    assert.ok(done, `item ${index} was closed`);
    // Citations may come behind the part they are of.
    const withoutAnnotations = (item: Json) =>
      JSON.stringify(item, (key, value) => (key === 'annotations' ? [] : value));
    assert.equal(withoutAnnotations(output[index]!), withoutAnnotations(done));
  }
  return response as unknown as CanonicalResponse;
}
