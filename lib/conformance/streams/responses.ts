/** Reads a Responses stream, and tells which rules it breaks. */
import { asObject, type Json } from '../../lenient-json.ts';
import { show } from '../expectations.ts';
import type { Answer } from '../server.ts';
import { Faults } from './faults.ts';
import { readSse, type SseRule } from './sse.ts';

export type ResponseRule = SseRule | 'name' | 'created' | 'terminal' | 'number' | 'index' | 'item-id' | 'error';
const ends: readonly unknown[] = ['response.completed', 'response.incomplete', 'response.failed'];

/** Is it the type of an event that ends a response? */
export const isResponseEnd = (type: unknown) => ends.includes(type);

export interface ResponseStream {
  answer: Answer;
  faults: Faults<ResponseRule>;
  text: string;
  arguments: string;
  data: readonly Json[];
  last: Json | undefined;
  /** Of the last event. */
  response: Json;
  ids: unknown[];
}

export function readResponseStream(answer: Answer): ResponseStream {
  const faults = new Faults<ResponseRule>();
  const { report } = faults;
  const { events, data } = readSse(answer.text, report, () => false);
  for (const { event, data: text } of events)
    if (!event || !text.includes(`"${event}"`)) report('name', show({ event, data: text }));
  const seen: ResponseStream = {
    answer,
    faults,
    text: '',
    arguments: '',
    data,
    last: data.at(-1),
    response: asObject(data.at(-1)?.response) ?? {},
    ids: [],
  };
  if (data[0]?.type !== 'response.created') report('created', `the first is ${show(data[0])}`);
  if (!isResponseEnd(data.at(-1)?.type)) report('terminal', `the last is ${show(data.at(-1))}`);
  const items: unknown[] = [];
  for (const [index, event] of data.entries()) {
    const shown = show(event);
    if (index < data.length - 1 && isResponseEnd(event.type)) report('terminal', `more follows ${shown}`);
    if (event.type === 'error' || event.type === 'response.failed') report('error', shown);
    if (index > 0 && !(Number(event.sequence_number) > Number(data[index - 1]!.sequence_number)))
      report('number', shown);
    const id = asObject(event.response)?.id;
    if (id !== undefined) seen.ids.push(id);
    if (event.type === 'response.output_item.added') {
      if (event.output_index !== items.length) report('index', shown);
      items.push(asObject(event.item)?.id);
    } else if (event.item_id !== undefined && event.item_id !== items[Number(event.output_index)])
      report('item-id', shown);
    if (event.type === 'response.output_text.delta') seen.text += String(event.delta);
    if (event.type === 'response.function_call_arguments.delta') seen.arguments += String(event.delta);
  }
  return seen;
}
