import type { UpstreamRequest } from '../providers/provider.ts';
import type { UpstreamCall } from './upstream-call.ts';
/** Brings requests to their servers, on connections of its own. */
export interface RequestCarrier {
    /** Tells the call what becomes of the request. */
    carry(request: UpstreamRequest, call: UpstreamCall): void;
    /** Closes the idle connections to a server: after one has turned out to lead nowhere, the others are no better. */
    closeIdle(origin: string): void;
    close(): void;
}
/** The headers of a request, its secrets uncovered. */
export declare function headersToSend(request: UpstreamRequest): Record<string, string>;
