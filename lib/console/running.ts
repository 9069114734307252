import type { Exchange } from '../chain/middleware.ts';
import type { RouteServices } from '../server/route.ts';

/** A request of an API that runs. */
export interface RunningEntry {
  readonly id: string;
  /** The client key's name, else the address. */
  readonly client: string;
  readonly api: string;
  /** Absent until they are known. */
  readonly model?: string;
  readonly provider?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly isStreaming: boolean;
}

/** Most of them that are shown. */
const maxShown = 200;

/** The requests that run and whose clients have been let in. */
export function listRunning(running: RouteServices['running']): RunningEntry[] {
  const entries: RunningEntry[] = [];
  for (const exchange of running()) {
    if (exchange.api === undefined || exchange.clientId === '') continue;
    if (entries.length === maxShown) break;
    entries.push(toEntry(exchange, exchange.api.name));
  }
  return entries;
}

function toEntry({ id, clientName, resolvedModel, timings, isStreaming }: Exchange, api: string): RunningEntry {
  return {
    id,
    client: clientName,
    api,
    ...(resolvedModel && { model: resolvedModel.id, provider: resolvedModel.provider.name }),
    startedAt: new Date(performance.timeOrigin + timings.receivedMs).toISOString(),
    isStreaming,
  };
}
