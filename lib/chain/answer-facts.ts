import type { ServerResponse } from 'node:http';
import { headerList, headerText } from '../public-text.ts';
import type { Exchange } from './middleware.ts';

/** Tells the client in its answer's head which model it is given, and what of its request is left out. */
export function tellFacts({ ignored, model }: Pick<Exchange, 'ignored' | 'model'>, res: ServerResponse): void {
  const effort = model.isEffortLowered ? `-${model.effort}` : '';
  res.setHeader('x-opencompat-model', headerText(`${model.provider.name}/${model.id}${effort}`));
  if (ignored.size > 0) res.setHeader('x-opencompat-ignored', headerList(ignored));
}
