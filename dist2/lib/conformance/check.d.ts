/** What a check is: a rule of an API, its source, and how an answer breaks it. */
import type { Fault } from './expectations.ts';
import type { Probe, Server } from './server.ts';
/** `must`: clients break without it. `should`: the API promises it, and clients get by; or a model may fall short of it. */
export type Severity = 'must' | 'should';
export interface Rule {
    /** Such as `chat.stream.done`: suite-wide unique, and stable. */
    readonly id: string;
    readonly severity: Severity;
    /** What holds of a server that keeps it. */
    readonly rule: string;
    /** The document or the SDK's type that promises it. */
    readonly source: string;
}
export interface Check extends Rule {
    /** @throws NotApplicable; whatever else is thrown counts as a fault */
    find(server: Server): Promise<Fault>;
}
/** A check of what a probe has seen. `source`: where it is another than that of the rows around it. */
export type Row<Seen> = readonly [
    id: string,
    severity: Severity,
    rule: string,
    find: (seen: Seen, server: Server) => Fault | Promise<Fault>,
    source?: string
];
export declare function defineChecks<Seen>(probe: Probe<Seen>, source: string, rows: readonly Row<Seen>[]): Check[];
