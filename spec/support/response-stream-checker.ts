/** Reads a Responses stream as the strictest SDK does, and says what is wrong with it. */
import assert from 'node:assert/strict';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';

export type Json = Record<string, unknown>;

export interface StreamedResponse {
  /** The terminal event's. */
  response: Json & { output: Json[]; usage: Json | null; id: string; status: string };
  /** The finished items, in the order of their indexes. */
  items: Json[];
  events: Json[];
}

interface Seen {
  item: Json;
  parts: Part[];
  summaries: Part[];
  /** The input of a call. */
  input: string;
  isDone: boolean;
}

interface Part {
  type: string;
  text: string;
  annotations: unknown[];
  isTextDone: boolean;
  isDone: boolean;
}

const responseKeys = [
  ...['id', 'object', 'created_at', 'status', 'error', 'incomplete_details', 'instructions', 'model', 'output'],
  ...['parallel_tool_calls', 'previous_response_id', 'store', 'temperature', 'text', 'tool_choice', 'tools', 'top_p'],
  ...['truncation', 'usage', 'user', 'metadata', 'max_output_tokens', 'reasoning', 'background'],
];

/** The events of a stream, each with both of its lines, and in some streams with an id: its number. */
export function readResponseEvents(wire: string): Json[] {
  assert.ok(wire === '' || wire.endsWith('\n\n'), 'the stream ends with a blank line');
  const blocks = wire
    .replaceAll(/^: ping\n/gm, '')
    .split('\n\n')
    .slice(0, -1);
  return blocks.map((block) => {
    const [, name, data, id] = /^event: (\S+)\ndata: (\{[^\n]*\})(?:\nid: (\d+))?$/.exec(block) ?? [];
    assert.ok(name && data, `an event line and a data line: ${block}`);
    const event = JSON.parse(data) as Json;
    if (id !== undefined) assert.equal(Number(id), event.sequence_number, block);
    assert.equal(event.type, name, block);
    return event;
  });
}

/**
 * @param wire the whole stream
 * @throws AssertionError naming the event that breaks a rule
 */
export function checkResponseStream(wire: string): StreamedResponse {
  return checkResponseEvents(readResponseEvents(wire));
}

export function checkResponseEvents(events: readonly Json[]): StreamedResponse {
  const items: Seen[] = [];
  const ids = new Set<string>();
  let terminal: Json | undefined;

  for (const [index, event] of events.entries()) {
    const label = JSON.stringify(event).slice(0, 500);
    assert.equal(terminal, undefined, `nothing follows the terminal event: ${label}`);
    assert.equal(event.sequence_number, index, `numbers rise by one: ${label}`);
    const type = String(event.type);
    assert.equal(type === 'response.created', index === 0, `response.created comes first, once: ${label}`);
    assert.equal(type === 'response.in_progress', index === 1, `then response.in_progress: ${label}`);
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        checkResponse(event.response as Json, 'in_progress', label);
        assert.deepEqual((event.response as Json).output, [], label);
        assert.equal((event.response as Json).usage, null, label);
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed': {
        terminal = event.response as Json;
        checkResponse(terminal, type.slice('response.'.length), label);
        assert.equal(terminal.id, (events[0]!.response as Json).id, label);
        if (type === 'response.failed') break;
        assert.ok(
          items.every(({ isDone }) => isDone),
          `every item is done: ${label}`,
        );
        assert.deepEqual(
          terminal.output,
          items.map(({ item }) => item),
          'the output is what was streamed',
        );
        break;
      }
      case 'response.output_item.added': {
        assert.equal(event.output_index, items.length, `indexes are dense: ${label}`);
        const item = event.item as Json;
        assert.ok(typeof item.id === 'string' && item.id !== '' && !ids.has(item.id), `an id of its own: ${label}`);
        ids.add(item.id);
        if (item.type === 'message') assert.deepEqual([item.content, item.role], [[], 'assistant'], label);
        if (item.type === 'reasoning') assert.deepEqual([item.summary, item.content], [[], undefined], label);
        if (item.type === 'function_call' || item.type === 'custom_tool_call') {
          assert.ok(item.call_id && item.name, `a call is named: ${label}`);
          assert.equal(item.type === 'function_call' ? item.arguments : item.input, '', label);
        }
        items.push({ item, parts: [], summaries: [], input: '', isDone: false });
        break;
      }
      default:
        if ('output_index' in event) checkItemEvent(items, event, type, label);
    }
  }
  assert.ok(terminal, 'the stream has a terminal event');
  return {
    response: terminal as StreamedResponse['response'],
    items: items.map(({ item }) => item),
    events: [...events],
  };
}

function checkResponse(response: Json, status: string, label: string): void {
  for (const key of responseKeys) assert.ok(key in response, `${key} is there: ${label}`);
  assert.equal(response.object, 'response', label);
  assert.equal(response.status, status, label);
  assert.match(String(response.id), /^resp_./, label);
  assert.ok(Number.isInteger(response.created_at), label);
  if (status !== 'completed') assert.equal(response.completed_at, null, label);
  else assert.ok(Number(response.completed_at) >= Number(response.created_at), `when it was completed: ${label}`);
  const { usage } = response as { usage: Record<string, Json> | null };
  if (!usage) return;
  for (const count of [usage.input_tokens, usage.output_tokens, usage.total_tokens])
    assert.ok(Number.isInteger(count), label);
  assert.ok(Number.isInteger(usage.input_tokens_details!.cached_tokens), label);
  assert.ok(Number.isInteger(usage.output_tokens_details!.reasoning_tokens), label);
}

function checkItemEvent(items: Seen[], event: Json, type: string, label: string): void {
  const seen = items[event.output_index as number];
  assert.ok(seen, `of an item that was added: ${label}`);
  assert.ok(!seen.isDone, `before the item is done: ${label}`);
  if (type === 'response.output_item.done') {
    finishItem(seen, event.item as Json, label);
    return;
  }
  if ('item_id' in event) assert.equal(event.item_id, seen.item.id, `the item's own id: ${label}`);
  const index = event.content_index ?? event.summary_index;
  const parts = 'summary_index' in event ? seen.summaries : seen.parts;
  if (type.endsWith('_part.added')) {
    assert.equal(index, parts.length, `parts are dense: ${label}`);
    const part = event.part as Json;
    assert.equal(part.type === 'refusal' ? part.refusal : part.text, '', `a part begins empty: ${label}`);
    parts.push({ type: String(part.type), text: '', annotations: [], isTextDone: false, isDone: false });
    return;
  }
  if (index !== undefined) {
    const part = parts[index as number];
    assert.ok(part && !part.isDone, `in a part that is open: ${label}`);
    checkPartEvent(part, event, type, label);
  } else if (/_(arguments|input)\.(delta|done)$/.test(type)) {
    if (type.endsWith('.delta')) seen.input += String(event.delta);
    else assert.equal(event.arguments ?? event.input, seen.input, `the whole input: ${label}`);
  }
}

function checkPartEvent(part: Part, event: Json, type: string, label: string): void {
  if (type.endsWith('.delta')) {
    assert.ok(!part.isTextDone, label);
    assert.ok(typeof event.delta === 'string' && event.delta !== '', `a delta says something: ${label}`);
    if (part.type === 'output_text') assert.ok(Array.isArray(event.logprobs), label);
    part.text += event.delta;
  } else if (type.endsWith('annotation.added')) {
    assert.equal(event.annotation_index, part.annotations.length, label);
    part.annotations.push(event.annotation);
  } else if (type.endsWith('_part.done')) {
    const done = event.part as Json;
    assert.ok(part.isTextDone, `the text is done before the part: ${label}`);
    assert.equal(done.type === 'refusal' ? done.refusal : done.text, part.text, label);
    if (part.type === 'output_text') assert.deepEqual(done.annotations, part.annotations, label);
    part.isDone = true;
  } else if (type.endsWith('.done')) {
    assert.equal(event.text ?? event.refusal, part.text, `the text is its deltas: ${label}`);
    part.isTextDone = true;
  }
}

function finishItem(seen: Seen, item: Json, label: string): void {
  assert.deepEqual([item.id, item.type, item.call_id], [seen.item.id, seen.item.type, seen.item.call_id], label);
  assert.notEqual(item.status, 'in_progress', label);
  for (const part of [...seen.parts, ...seen.summaries]) assert.ok(part.isDone, `every part is done: ${label}`);
  const textsOf = (list: unknown) => ((list ?? []) as Json[]).map((part) => part.text ?? part.refusal);
  if (item.type === 'message') {
    assert.deepEqual(
      textsOf(item.content),
      seen.parts.map(({ text }) => text),
      label,
    );
  }
  if (item.type === 'reasoning' && seen.summaries.length > 0) {
    assert.deepEqual(
      textsOf(item.summary),
      seen.summaries.map(({ text }) => text),
      label,
    );
  }
  if (item.type === 'function_call') assert.equal(item.arguments, seen.input, label);
  if (item.type === 'custom_tool_call') assert.equal(item.input, seen.input, label);
  seen.item = item;
  seen.isDone = true;
}

/** What the openai package adds the events up to. @throws as the package does, for events that it does not understand */
export function accumulateWithSdk(events: readonly Json[]): Response {
  let snapshot: Response | undefined;
  for (const event of events) snapshot = accumulateResponse(event as unknown as ResponseStreamEvent, snapshot);
  return snapshot!;
}
