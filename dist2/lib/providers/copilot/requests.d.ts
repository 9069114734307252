import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { ModelList } from '../model-list.ts';
import type { AmendContext, BuildContext, RawRequest, UpstreamRequest } from '../provider.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotToken } from './github-oauth.ts';
import { type CopilotHeadersConfig } from './headers.ts';
import { type CopilotModel } from './models.ts';
export type CopilotRequestsConfig = CopilotHeadersConfig & Pick<CopilotConfig, 'copilotAnthropicBeta' | 'copilotBaseUrl' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
type Context = Pick<BuildContext, 'model' | 'ignore' | 'raw'>;
export declare class CopilotRequests {
    #private;
    constructor(config: CopilotRequestsConfig, models: Pick<ModelList<CopilotModel>, 'list'>);
    /** A request for an answer, at the best path that has not turned the model away. */
    build(request: CanonicalRequest, context: Context): UpstreamRequest;
    buildEmbeddings(request: CanonicalRequest, { model, ignore }: Context): UpstreamRequest;
    /** Sends a request to the backend that the token is for. */
    readdress(request: UpstreamRequest, token: Pick<CopilotToken, 'apiUrl'>): void;
    /** After a refusal: remembers what it says of the model. @returns the request to build anew, or undefined to give up */
    amend(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined;
    /** The same for a body that was passed on. */
    amendRaw(raw: RawRequest, error: OpenCompatError): RawRequest | undefined;
}
export {};
