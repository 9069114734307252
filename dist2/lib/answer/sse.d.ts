/** Takes an SSE stream's bytes, split anywhere (also inside a UTF-8 character), and calls back with each event's data. */
export interface SseReader {
    /** @throws RangeError when a single event exceeds a limit */
    feed(bytes: Buffer): void;
    /** The stream has ended: an event without its closing blank line still counts. */
    end(): void;
}
export interface EventLimits {
    /** Most bytes of an event, and so of each of its lines. */
    maxEventBytes: number;
    /** Most lines of data in an event: even a short one costs some hundred bytes. */
    maxEventLines: number;
}
/** eventsource-parser handles the hard cases of the format (CRLF, comments, multi-line data, a BOM). */
export declare function createSseReader(onData: (data: string) => void, limits: EventLimits): SseReader;
