import { type MessagesBodyOptions } from '../apis/messages/upstream-request.ts';
import type { CanonicalRequest } from '../canonical/types.ts';
import { type Json } from '../lenient-json.ts';
import type { BuildContext, RawRequest, UpstreamRequest } from './provider.ts';
/** What a body depends on besides the request. */
export interface MessagesBodyContext extends Pick<BuildContext, 'model' | 'ignore'> {
    /** What the model has refused. */
    omit: ReadonlySet<string>;
}
/**
 * Is the client's own request passed on, with another model in it? Not where an effort has to be put in, or where names of
 * tools that the model has refused have to be mapped, there and back.
 */
export declare function isPassedOn(raw: BuildContext['raw'], effort: BuildContext['model']['effort'], request: CanonicalRequest, omit: ReadonlySet<string>): boolean;
export declare function withModel({ body }: RawRequest, { model, omit, ignore }: MessagesBodyContext): Json;
/** For clients of other APIs. @throws OpenCompatError as `toMessagesBody` */
export declare function toTranslatedMessages(asked: CanonicalRequest, { model, omit, ignore, ...thinking }: MessagesBodyContext & Pick<MessagesBodyOptions, 'thinking' | 'defaultEffort'>): {
    body: Json;
} & Pick<UpstreamRequest, 'restoreEvent' | 'honours'>;
