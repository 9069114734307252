import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import type { BuildContext } from '../provider.ts';
import type { CopilotConfig } from './config.ts';
/** The effort to ask a model for: the client's, else the configuration's, as the model takes it; undefined when it takes none. */
export declare function toReasoningEffort(request: CanonicalRequest, { model, config, ignore, }: Pick<BuildContext, 'model' | 'ignore'> & {
    config: Pick<CopilotConfig, 'reasoningEffort'>;
}): ReasoningEffort | undefined;
