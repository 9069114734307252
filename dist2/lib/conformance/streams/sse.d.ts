/** A stream of server-sent events as it came: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { type EventSourceMessage } from 'eventsource-parser';
import { type Json } from '../../lenient-json.ts';
import type { Report } from './faults.ts';
/** `end`: its last event is complete. `json`: the data of each event is a JSON object. */
export type SseRule = 'end' | 'json';
export interface SseEvents {
    events: EventSourceMessage[];
    /** The data of each in order; without those that are no JSON object. */
    data: Json[];
}
/** @param isMark tells what is no JSON by design, such as `[DONE]` */
export declare function readSse(wire: string, report: Report<SseRule>, isMark: (data: string) => boolean): SseEvents;
