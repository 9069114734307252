/** Cuts the bytes of a stream into its events, wherever the reads split them. */
export interface CutHandler {
    /** A whole event: of SSE the lines without its blank line and without an id; of NDJSON the line without its end. */
    onEvent(event: Buffer): void;
    /** What is no event and keeps a connection awake: an SSE comment, an empty line. */
    onAwake(bytes: Buffer): void;
}
export interface EventCutter {
    /** @throws RangeError when an event exceeds `maxEventBytes` */
    feed(bytes: Buffer): void;
    /** The stream has ended: an event without its end still counts. */
    end(): void;
}
export interface EventCutterOptions extends CutHandler {
    /** Is every line an event (NDJSON)? Else an event ends at a blank line (SSE). */
    isByLine: boolean;
    maxEventBytes: number;
}
export declare function createEventCutter(options: EventCutterOptions): EventCutter;
