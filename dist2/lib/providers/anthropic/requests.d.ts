import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { AmendContext, BuildContext, RawRequest, UpstreamRequest } from '../provider.ts';
import type { AnthropicConfig } from './config.ts';
import { type AnthropicModel } from './models.ts';
import type { AnthropicOptions } from './options.ts';
/** The version that every server of the API knows; clients of the API bring their own. */
export declare const anthropicVersion = "2023-06-01";
export declare class AnthropicRequests {
    #private;
    /**
     * @param identity the headers that identify the sender
     * @param now Unix milliseconds
     */
    constructor(options: AnthropicOptions, identity: UpstreamRequest['headers'], defaults: Pick<AnthropicConfig, 'reasoningEffort'>, models: () => readonly AnthropicModel[], now: () => number);
    build(request: CanonicalRequest, { model, raw, ignore }: BuildContext): UpstreamRequest;
    /** A request for the number of tokens of a client's own body. */
    buildCount(raw: RawRequest, model: string): UpstreamRequest;
    /** After a refusal: remembers what it says of the model. @returns the request to build anew, or undefined to give up */
    amend(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined;
    /** The same for a body that was passed on. */
    amendRaw(raw: RawRequest, error: OpenCompatError): RawRequest | undefined;
}
/** Without what people copy behind it. */
export declare function toBaseUrl(configured: string): string;
