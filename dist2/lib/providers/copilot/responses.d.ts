/** Canonical request → the body of Copilot's `/responses`: OpenAI's API, with nothing stored. Pure. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { BuildContext, UpstreamRequest } from '../provider.ts';
import type { CopilotConfig } from './config.ts';
export interface CopilotBodyContext extends Pick<BuildContext, 'model' | 'ignore'> {
    config: Pick<CopilotConfig, 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
    /** Fields that the model has refused. */
    omit: ReadonlySet<string>;
}
export interface CopilotBody extends Pick<UpstreamRequest, 'restoreEvent' | 'honours'> {
    body: Record<string, unknown>;
}
/**
 * @throws OpenCompatError for what cannot be left out without lying: references to stored items, content that no backend
 * takes. Tools that run upstream are left to the backend to judge.
 */
export declare function toResponsesBody(asked: CanonicalRequest, context: CopilotBodyContext): CopilotBody;
export declare function toParallelToolCalls(request: CanonicalRequest, { model, ignore }: Pick<CopilotBodyContext, 'model' | 'ignore'>): boolean | undefined;
