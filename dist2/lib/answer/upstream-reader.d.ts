import type { UpstreamAnswer } from '../providers/provider.ts';
export interface ReaderOptions {
    /** The provider's name in messages: "ChatGPT". */
    providerTitle: string;
    /** Longest silence of the upstream, and longest time in which a client reads nothing, in milliseconds. */
    idleTimeoutMs: number;
    /** The reading rejects with its reason. */
    signal: AbortSignal;
}
/** Takes the bytes. An error that a method throws ends the reading, and `UpstreamReader.read` rejects with it. */
export interface ByteConsumer {
    take(bytes: Buffer): void;
    /** Called after all bytes of one socket read. false: the upstream waits until `drained` resolves. */
    flush?(): boolean;
    /** Resolves when the client has taken what was written. */
    drained?(): Promise<void>;
    /** Called after the upstream's last byte. An answer that is unfinished then counts as cut off. */
    end(): void;
}
export declare class UpstreamReader {
    #private;
    constructor(answer: UpstreamAnswer, options: ReaderOptions);
    /**
     * Gives the consumer all bytes. Resolves after a call of `finish` or `cut`.
     * @throws OpenCompatError OC_UPSTREAM_TIMEOUT, OC_CLIENT_STALLED, OC_UPSTREAM_STREAM_CLOSED; the signal's reason; what
     * the consumer throws. The upstream has been aborted then.
     */
    read(consumer: ByteConsumer): Promise<void>;
    /** Has the reading ended? Nothing that comes now counts. */
    get isSettled(): boolean;
    /** The answer is complete. The rest of the stream is read and discarded, so that the connection can be reused. */
    finish(): void;
    /** Aborts the upstream: the rest of the answer is not needed. */
    cut(): void;
    fail(error: unknown): void;
}
