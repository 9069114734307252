import type { BuildContext } from '../providers/provider.ts';
import type { Exchange } from './middleware.ts';

/** What a provider may know of an exchange, besides its request. */
export function buildContextOf(exchange: Exchange): BuildContext {
  const { api, request, model, id, clientId, log } = exchange;

  /** Providers name parameters as the canonical form does, unless only the client's own API has them. */
  function ignore(param: string): void {
    const isOwn = Object.hasOwn(request.extra ?? {}, param);
    exchange.ignore(isOwn ? param : (api?.nameParam?.(param) ?? param));
  }
  return { model, id, clientId, log, ignore, clientApi: api?.name };
}
