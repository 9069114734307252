/** How the name that a client gave led to the model that is asked: for captures. */
import type { CapturedModel } from '../recorder/capture.ts';
import type { Exchange } from './middleware.ts';

/** Undefined as long as no model is known. */
export function describeModel({ resolvedModel, trials }: Exchange): CapturedModel | undefined {
  if (!resolvedModel) return undefined;
  const { requested, id, provider, effort, isStandIn } = resolvedModel;
  const { name, title, type } = provider;
  const isNamed = requested === id || requested === `${name}/${id}`;
  const hasFallenBack = trials.some(({ model }) => model !== resolvedModel);
  let why: CapturedModel['why'] = 'alias';
  if (hasFallenBack) why = 'fallback';
  else if (isStandIn) why = 'stand-in';
  else if (isNamed) why = 'name';
  else if (effort !== undefined && requested.includes(id)) why = 'suffix';
  return {
    asked: requested,
    model: id,
    provider: name,
    providerTitle: title,
    ...(type && { providerType: type }),
    why,
  };
}
