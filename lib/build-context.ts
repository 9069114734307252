import type { Exchange } from './middleware.ts';
import type { BuildContext } from './providers/provider.ts';

/** What a provider may know of an exchange, besides its request. */
export function buildContextOf(exchange: Exchange): BuildContext {
  const { api, model, id, clientName, log } = exchange;
  // Providers name parameters as the canonical form does; the client is told of them by its own names.
  const ignore = (param: string) => exchange.ignore(api?.nameParam?.(param) ?? param);
  return { model, id, clientName, log, ignore, clientApi: api?.name };
}
