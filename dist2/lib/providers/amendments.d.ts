/** Changes to a refused request after which several backends take it. */
import type { CanonicalRequest } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import type { RawRequest } from './provider.ts';
/** Reasoning of another account or model family was replayed. */
export declare function isReasoningRefusal({ public: { code } }: OpenCompatError): boolean;
/** Undefined when there is none in it. */
export declare function withoutReasoning(request: CanonicalRequest): CanonicalRequest | undefined;
/** The same for a body of Anthropic's API. Undefined when there is none in it. */
export declare function withoutThinkingBlocks({ api, body }: RawRequest): RawRequest | undefined;
