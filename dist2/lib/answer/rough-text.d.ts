/**
 * @param tail the last events; all events are taken to hold as much text as these
 * @param streamBytes of the whole stream
 * @returns bytes
 */
export declare function roughTextBytes(tail: string, streamBytes: number): number;
