import type { ServerResponse } from 'node:http';
import { headerList, headerText } from '../public-text.ts';
import type { Exchange } from './middleware.ts';

type Facts = Pick<Exchange, 'fallbacks' | 'ignored' | 'model'>;

function namesOf({ ignored, model }: Facts): Record<string, string> {
  const effort = model.isEffortLowered ? `-${model.effort}` : '';
  return {
    'x-opencompat-model': headerText(`${model.provider.name}/${model.id}${effort}`),
    ...(ignored.size > 0 && { 'x-opencompat-ignored': headerList(ignored) }),
  };
}

/**
 * Tells the client in its answer's head which model it is given, and what of its request is left out.
 * @param isEarly the upstream has not answered: what may still change is left to `tellFactsLate`
 */
export function tellFacts(exchange: Facts, res: ServerResponse, isEarly = false): void {
  if (isEarly && exchange.fallbacks.length > 0) return;
  for (const [name, value] of Object.entries(namesOf(exchange))) res.setHeader(name, value);
}

/** Tells it behind the answer, in trailer fields (RFC 9110 §6.5, https://www.rfc-editor.org/rfc/rfc9110#section-6.5). */
export function tellFactsLate(exchange: Facts, res: ServerResponse): void {
  res.addTrailers(namesOf(exchange));
}
