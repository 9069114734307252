/** A stream of server-sent events as it came: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Json, parseObject } from '../../lenient-json.ts';
import { show } from '../expectations.ts';
import type { Report } from './faults.ts';

/** `end`: its last event is complete. `json`: the data of each event is a JSON object. */
export type SseRule = 'end' | 'json';

export interface SseEvents {
  events: EventSourceMessage[];
  /** The data of each in order; without those that are no JSON object. */
  data: Json[];
}

/** @param isMark tells what is no JSON by design, such as `[DONE]` */
export function readSse(wire: string, report: Report<SseRule>, isMark: (data: string) => boolean): SseEvents {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  parser.feed(wire);
  const tail = wire.slice(Math.max(wire.lastIndexOf('\n'), wire.lastIndexOf('\r')) + 1);
  if (!/(\r\n|\n|\r)(\r\n|\n|\r)$/.test(wire)) report('end', `it ends with ${show(tail)}, not with a blank line`);
  const data: Json[] = [];
  for (const event of events) {
    if (isMark(event.data)) continue;
    const parsed = parseObject(event.data);
    if (parsed) data.push(parsed);
    else report('json', `the data ${show(event.data)} is not a JSON object`);
  }
  return { events, data };
}
