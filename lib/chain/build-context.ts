import { Lessons } from '../providers/lessons.ts';
import type { BuildContext } from '../providers/provider.ts';
import type { Exchange } from './middleware.ts';

const lessons = new WeakMap<Exchange, Lessons>();

export function lessonsOf(exchange: Exchange): Lessons {
  const own = lessons.get(exchange) ?? new Lessons();
  lessons.set(exchange, own);
  return own;
}

/** The part of an exchange that a provider sees besides the request. */
export function buildContextOf(exchange: Exchange): BuildContext {
  const { api, request, model, id, clientId, log } = exchange;

  /** Providers use the canonical names of parameters, except for those that only the client's API has. */
  function ignore(param: string): void {
    const isOwn = Object.hasOwn(request.extra ?? {}, param);
    exchange.ignore(isOwn ? param : (api?.nameParam?.(param, exchange.body) ?? param));
  }
  return { model, id, clientId, log, ignore, clientApi: api?.name, lessons: lessonsOf(exchange) };
}
