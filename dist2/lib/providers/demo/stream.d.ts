import type { CanonicalRequest } from '../../canonical/types.ts';
import type { DemoReply } from './reply.ts';
type Event = {
    type: string;
    [key: string]: unknown;
};
export interface StreamFacts {
    /** Unique for the answer; ids are made from it. */
    id: string;
    /** Unix seconds. */
    createdS: number;
}
/** The events in groups: a group is one write, with a pause before the next. Numbered throughout. */
export declare function streamReply(request: CanonicalRequest, reply: DemoReply, facts: StreamFacts): Generator<Event[]>;
export {};
