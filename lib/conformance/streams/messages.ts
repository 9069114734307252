/** Reads a stream of the Messages API, and tells which rules it breaks. */
import { asObject, type Json } from '../../lenient-json.ts';
import { show } from '../expectations.ts';
import type { Answer } from '../server.ts';
import { Faults, type Report } from './faults.ts';
import { readSse, type SseRule } from './sse.ts';

export type MessageRule = SseRule | 'name' | 'start' | 'order' | 'index' | 'delta' | 'stop' | 'error';

export interface MessageStream {
  answer: Answer;
  faults: Faults<MessageRule>;
  text: string;
  input: string;
  start: Json;
  end: Json;
}

export function readMessageStream(answer: Answer): MessageStream {
  const faults = new Faults<MessageRule>();
  const { report } = faults;
  const { events, data } = readSse(answer.text, report, () => false);
  const seen: MessageStream = { answer, faults, text: '', input: '', start: {}, end: {} };
  for (const { event, data: text } of events) {
    if (event === undefined || !text.includes(`"${event}"`)) report('name', show({ event, data: text }));
  }
  if (data[0]?.type !== 'message_start') report('start', `the first is ${show(data[0])}`);
  if (data.at(-1)?.type !== 'message_stop') report('stop', `the last is ${show(data.at(-1))}`);
  let next = 0;
  let open: number | undefined;
  for (const event of data) {
    const shown = show(event);
    switch (event.type) {
      case 'message_start':
        seen.start = asObject(event.message) ?? {};
        break;
      case 'content_block_start':
        if (open !== undefined) report('order', shown);
        if (event.index !== next++) report('index', shown);
        open = Number(event.index);
        break;
      case 'content_block_delta':
        if (open === undefined || event.index !== open) report('order', shown);
        readDelta(seen, asObject(event.delta) ?? {}, report, shown);
        break;
      case 'content_block_stop':
        if (event.index !== open) report('order', shown);
        open = undefined;
        break;
      case 'message_delta':
        if (open !== undefined) report('order', shown);
        seen.end = event;
        break;
      case 'error':
        report('error', shown);
    }
  }
  return seen;
}

function readDelta(seen: MessageStream, delta: Json, report: Report<MessageRule>, shown: string): void {
  if (delta.type === 'text_delta' && typeof delta.text === 'string') seen.text += delta.text;
  else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string')
    seen.input += delta.partial_json;
  else if (!['thinking_delta', 'signature_delta', 'citations_delta'].includes(String(delta.type)))
    report('delta', shown);
}
