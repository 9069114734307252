/** Gathers bytes in one buffer as they come: each of thousands of small buffers would cost a hundred bytes more. */
export declare class ByteCollector {
    #private;
    constructor(maxBytes: number);
    get length(): number;
    /** @throws RangeError when the sum exceeds the limit */
    add(bytes: Buffer): void;
    /** Returns all bytes and empties the collector. */
    take(): Buffer;
}
