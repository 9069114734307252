import type { ChatBodyOptions } from '../../apis/chat-completions/upstream-request.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
import type { TakenFields } from '../model-notes.ts';
import type { BuildContext, RawRequest, ResolvedModel } from '../provider.ts';
/** Features of OpenAI's own servers that others may lack. */
export declare function chatOptionsFor({ model, ignore }: Pick<BuildContext, 'model' | 'ignore'>, isOpenAi: boolean, { reasoning }?: Pick<TakenFields, 'reasoning'>): ChatBodyOptions;
/** The client's own body with the upstream's model, the effort of the model's name, and without what SDKs leave in it and labels that lie. */
export declare function toPassedBody({ body }: RawRequest, { id, effort, provider }: ResolvedModel): Json;
/**
 * The client's own body where it may be passed on, else the canonical request, which is one of the Responses API. Holds the
 * whole conversation, since the server stores nothing.
 */
export declare function toResponsesBody(request: CanonicalRequest, { model, ignore, raw }: Pick<BuildContext, 'model' | 'ignore' | 'raw'>): Json;
/** A server of this API gets no fields that only the Responses API may know. */
export declare function forChat(request: CanonicalRequest, { clientApi, ignore }: Pick<BuildContext, 'clientApi' | 'ignore'>): CanonicalRequest;
