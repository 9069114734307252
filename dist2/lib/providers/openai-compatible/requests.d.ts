import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { AmendContext, BuildContext, UpstreamRequest } from '../provider.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
/** A refusal in the server's own words, before any advice was added to them. */
export interface ServerRefusal {
    status: number;
    message: string;
}
export declare class ServerRequests {
    #private;
    /**
     * @param identity the headers that identify the sender
     * @param now Unix milliseconds
     */
    constructor(options: OpenAiCompatibleOptions, identity: UpstreamRequest['headers'], now: () => number);
    /** A request for an answer, in the client's own API where the server has that. */
    build(request: CanonicalRequest, context: BuildContext): UpstreamRequest;
    buildEmbeddings(request: CanonicalRequest, { model }: Pick<BuildContext, 'model'>): UpstreamRequest;
    /** A request that this server passes on unread. */
    buildForward(path: string): Pick<UpstreamRequest, 'url' | 'headers' | 'idleTimeoutMs'>;
    /**
     * After a refusal: remembers what it says of the server and the model.
     * @returns the request to build anew, or undefined to give up
     */
    amend(request: CanonicalRequest, error: OpenCompatError, refusal: ServerRefusal, context: AmendContext): CanonicalRequest | undefined;
}
