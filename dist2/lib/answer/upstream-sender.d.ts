import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { type UpstreamLimits } from './upstream-call.ts';
export interface UpstreamSender {
    /**
     * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE (a StaleConnectionError where the request may be sent again),
     *   OC_UPSTREAM_TIMEOUT, OC_UPSTREAM_INVALID; the signal's reason when it is aborted
     */
    send(request: UpstreamRequest, providerTitle: string, signal: AbortSignal): Promise<UpstreamAnswer>;
    close(): void;
}
export declare function createUpstreamSender(limits: UpstreamLimits): UpstreamSender;
