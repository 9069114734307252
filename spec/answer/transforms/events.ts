/** Small canonical streams for the specs of transforms. */

import type { EventTransform } from '../../../lib/canonical/event-transform.ts';
import type { CanonicalEvent, CanonicalRequest } from '../../../lib/canonical/types.ts';
import { toRegularEvents } from '../../support/regular-events.ts';

export const request: CanonicalRequest = {
  model: 'gpt-5',
  stream: true,
  input: [{ type: 'message', role: 'user', content: 'Tell me a story.' }],
};

/** Loosely typed, so that specs can look into any event. */
// biome-ignore lint/suspicious/noExplicitAny: any field of any event
export type AnyEvent = any;

export interface StreamedItem {
  type: 'message' | 'function_call' | 'custom_tool_call' | 'refusal';
  deltas: string[];
  /** The upstream sends the text only in the `done` events. */
  hasNoDeltas?: boolean;
}

/** As a transform sees it, made regular. */
export function streamOf(items: StreamedItem[]): CanonicalEvent[] {
  const events: AnyEvent[] = [];
  const send = (event: AnyEvent) => events.push({ ...event, sequence_number: events.length });
  const response = { id: 'resp_1', object: 'response', model: 'gpt-5', status: 'in_progress', output: [], tools: [] };
  send({ type: 'response.created', response });
  const output = items.map(({ type, deltas, hasNoDeltas }, output_index) => {
    const text = deltas.join('');
    const sent = hasNoDeltas ? [] : deltas;
    const at = { item_id: `item_${output_index}`, output_index };
    if (type === 'function_call' || type === 'custom_tool_call') {
      const isFunction = type === 'function_call';
      const field = isFunction ? 'arguments' : 'input';
      const kind = isFunction ? 'function_call_arguments' : 'custom_tool_call_input';
      const item = { type, id: at.item_id, call_id: `call_${output_index}`, name: 'look', status: 'in_progress' };
      send({ type: 'response.output_item.added', output_index, item: { ...item, [field]: '' } });
      for (const delta of sent) send({ type: `response.${kind}.delta`, ...at, delta });
      send({ type: `response.${kind}.done`, ...at, [field]: text });
      const done = { ...item, status: 'completed', [field]: text };
      send({ type: 'response.output_item.done', output_index, item: done });
      return done;
    }
    const isRefusal = type === 'refusal';
    const part = (value: string) =>
      isRefusal ? { type, refusal: value } : { type: 'output_text', text: value, annotations: [] };
    const kind = isRefusal ? 'refusal' : 'output_text';
    const item = { type: 'message', id: at.item_id, role: 'assistant', status: 'in_progress', content: [] };
    send({ type: 'response.output_item.added', output_index, item });
    send({ type: 'response.content_part.added', ...at, content_index: 0, part: part('') });
    for (const delta of sent) send({ type: `response.${kind}.delta`, ...at, content_index: 0, delta, logprobs: [] });
    send({ ...part(text), type: `response.${kind}.done`, ...at, content_index: 0, logprobs: [] });
    send({ type: 'response.content_part.done', ...at, content_index: 0, part: part(text) });
    const done = { ...item, status: 'completed', content: [part(text)] };
    send({ type: 'response.output_item.done', output_index, item: done });
    return done;
  });
  const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };
  send({ type: 'response.completed', response: { ...response, status: 'completed', output, usage } });
  return toRegularEvents(events);
}

export function run(transform: EventTransform, events: CanonicalEvent[]): AnyEvent[] {
  const out: CanonicalEvent[] = [];
  for (const event of events) transform(event, (emitted) => out.push(emitted), 0);
  return out;
}

/** The text deltas of a kind, joined. */
export function deltasOf(events: AnyEvent[], kind = 'output_text'): string {
  return events
    .filter(({ type }) => type === `response.${kind}.delta`)
    .map(({ delta }) => delta)
    .join('');
}

/**
 * What strict clients demand of any stream: rising numbers, deltas only for what was added and is not done, `done`
 * events that repeat what was streamed, one terminal event at the end whose output is what was streamed.
 */
export function faultsOf(events: AnyEvent[]): string[] {
  const faults: string[] = [];
  const items = new Map<number, { item: AnyEvent; isDone: boolean; texts: Map<number, string> }>();
  let number = -1;
  events.forEach((event, index) => {
    const isTerminal = /^response\.(completed|incomplete|failed)$/.test(event.type);
    if (isTerminal !== (index === events.length - 1)) faults.push(`terminal at ${index} of ${events.length}`);
    if (event.sequence_number < number) faults.push(`number ${event.sequence_number} after ${number}`);
    number = event.sequence_number;
    const open = items.get(event.output_index);
    const content = event.content_index ?? 0;
    if (event.type === 'response.output_item.added') {
      items.set(event.output_index, { item: event.item, isDone: false, texts: new Map() });
    } else if (event.type.endsWith('.delta')) {
      if (!open || open.isDone) faults.push(`delta outside an item: ${event.type}`);
      open?.texts.set(content, (open.texts.get(content) ?? '') + event.delta);
    } else if (/\.(output_text|refusal|function_call_arguments|custom_tool_call_input)\.done$/.test(event.type)) {
      const text = event.text ?? event.refusal ?? event.arguments ?? event.input;
      if (text !== (open?.texts.get(content) ?? '')) faults.push(`${event.type} differs from its deltas`);
    } else if (event.type === 'response.output_item.done') {
      if (!open || open.isDone) faults.push('item done without being open');
      items.set(event.output_index, { item: event.item, isDone: true, texts: open?.texts ?? new Map() });
    } else if (isTerminal) {
      const done = [...items.values()];
      if (done.some(({ isDone }) => !isDone)) faults.push('an item was left open');
      if (JSON.stringify(event.response.output) !== JSON.stringify(done.map(({ item }) => item))) {
        faults.push('the final output differs from the items');
      }
      if (!event.response.usage) faults.push('no usage');
    }
  });
  return faults;
}
