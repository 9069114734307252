import type { Socket } from 'node:net';
import { type PlainAnswer } from '../outgoing/decompress.ts';
import type { LostConnections } from '../outgoing/lost-connections.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
export interface UpstreamLimits {
    connectTimeoutMs: number;
    /** Longest wait for the response head. */
    idleTimeoutMs: number;
    /** Most heads of interim answers (1xx). Each head is bounded (16 KiB, `--max-http-header-size`), but not their number. */
    maxInterimAnswers: number;
}
/** What a request is sent on. */
export interface UsedConnection {
    socket: Socket | null;
    /** Milliseconds since it was kept for the next request; undefined for a new one. */
    idleMs: number | undefined;
}
/** One upstream request on its way to a response head. */
export declare class UpstreamCall {
    #private;
    readonly answer: Promise<UpstreamAnswer>;
    constructor(limits: UpstreamLimits, title: string, lost: LostConnections);
    /** Is it known what has become of it? */
    get isSettled(): boolean;
    /** @param letGo ends what has come of the request; instead of one that was given before */
    onLetGo(letGo: () => void): void;
    /** A connection is being opened for the request. */
    connecting(): void;
    /**
     * The request goes out. A silent connection is told from a slow model by evidence alone, as a second request costs the model
     * double: the machine has slept or left its network, which is noticed at once; or the connection lay idle before, and not a
     * byte has come in all the time that the upstream has.
     */
    started({ socket, idleMs }: UsedConnection): void;
    /** An interim answer (1xx) came. */
    countInterim(): void;
    /** The connection was closed, which says nothing of a request that has an answer or an error. */
    closed(): void;
    answered(answer: PlainAnswer): void;
    fail(error: unknown): void;
    failOnNetwork(error: NodeJS.ErrnoException): void;
}
