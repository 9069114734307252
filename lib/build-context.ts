import type { Exchange } from './middleware.ts';
import type { BuildContext } from './providers/provider.ts';

/** What a provider may know of an exchange, besides its request. */
export function buildContextOf(exchange: Exchange): BuildContext {
  const { api, model, id, clientName, log } = exchange;
  const { extra = {} } = exchange.request;
  // Providers name parameters as the canonical form does; the client is told of them by its own names, which those have
  // already that no API knows.
  const ignore = (param: string) =>
    exchange.ignore(Object.hasOwn(extra, param) ? param : (api?.nameParam?.(param) ?? param));
  return { model, id, clientName, log, ignore, clientApi: api?.name };
}
