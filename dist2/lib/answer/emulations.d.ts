import type { EventTransform } from '../canonical/event-transform.ts';
import type { CanonicalRequest } from '../canonical/types.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
type Honoured = NonNullable<UpstreamRequest['honours']>[number];
/** @returns by the names of the parameters, in the order in which the events take them */
export declare function createEmulations(request: CanonicalRequest, { honours }: Pick<UpstreamRequest, 'honours'>): {
    readonly param: Honoured;
    readonly transform: EventTransform;
}[];
/** The upstream is asked once for each choice, unless the body is passed on as it is. */
export declare function countRequests(request: CanonicalRequest, { isPassThrough }: UpstreamRequest): number;
/** The names of what is emulated, for people. */
export declare function listEmulated(request: CanonicalRequest, upstream: UpstreamRequest): string[];
export {};
