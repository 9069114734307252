import type { Readable } from 'node:stream';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
/** A body, of which the first part may have been read already. */
export interface ForwardedBody {
    readonly head: Buffer;
    /** What follows it. Absent: nothing. */
    readonly rest?: Readable;
    /** Bytes in all, where known. */
    readonly length?: number;
}
export interface ForwardOptions {
    providerTitle: string;
    /** Longest silence, in either direction. */
    idleTimeoutMs: number;
    signal: AbortSignal;
}
export interface Forwarder {
    /** @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_TIMEOUT; the signal's reason when it is aborted */
    send(request: Pick<UpstreamRequest, 'method' | 'url' | 'headers'>, body: ForwardedBody | undefined, options: ForwardOptions): Promise<UpstreamAnswer>;
    close(): void;
}
/** @param connectTimeoutMs for each step: the proxy, the server, TLS */
export declare function createForwarder(connectTimeoutMs: number): Forwarder;
