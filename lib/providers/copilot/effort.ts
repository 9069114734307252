import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { atMost } from '../efforts.ts';
import type { BuildContext } from '../provider.ts';
import type { CopilotConfig } from './config.ts';

/** The effort to ask a model for: the client's, else the configuration's, as the model takes it; undefined when it takes none. */
export function toReasoningEffort(
  request: CanonicalRequest,
  {
    model,
    config,
    ignore,
  }: Pick<BuildContext, 'model' | 'ignore'> & { config: Pick<CopilotConfig, 'reasoningEffort'> },
): ReasoningEffort | undefined {
  const asked = request.reasoning?.effort;
  const { efforts } = model.info;
  if (efforts.length > 0) return atMost(asked ?? config.reasoningEffort, efforts) ?? efforts[0];
  if (asked && asked !== 'none') ignore('reasoning_effort');
  return undefined;
}
