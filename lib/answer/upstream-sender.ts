/** Sends an upstream request and returns its answer, or throws an error of the table. */
import { LostConnections } from '../outgoing/lost-connections.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { createDispatchCarrier } from './dispatched-request.ts';
import { createProxyCarrier } from './proxied-request.ts';
import { StaleConnectionError } from './stale-connection-error.ts';
import { UpstreamCall, type UpstreamLimits } from './upstream-call.ts';

export interface UpstreamSender {
  /**
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE (a StaleConnectionError where the request may be sent again),
   *   OC_UPSTREAM_TIMEOUT, OC_UPSTREAM_INVALID; the signal's reason when it is aborted
   */
  send(request: UpstreamRequest, providerTitle: string, signal: AbortSignal): Promise<UpstreamAnswer>;
  close(): void;
}

export function createUpstreamSender(limits: UpstreamLimits): UpstreamSender {
  const lost = new LostConnections();
  const translated = createDispatchCarrier(limits.connectTimeoutMs);
  const passedThrough = createProxyCarrier(limits.connectTimeoutMs);

  return {
    async send(request, providerTitle, signal) {
      signal.throwIfAborted();
      const { idleTimeoutMs = limits.idleTimeoutMs } = request;
      const call = new UpstreamCall({ ...limits, idleTimeoutMs }, providerTitle, lost);
      const carrier = request.isPassThrough ? passedThrough : translated;
      const abort = () => call.fail(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        carrier.carry(request, call);
        return await call.answer;
      } catch (error) {
        if (error instanceof StaleConnectionError) carrier.closeIdle(request.url.origin);
        throw error;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close() {
      translated.close();
      passedThrough.close();
    },
  };
}
