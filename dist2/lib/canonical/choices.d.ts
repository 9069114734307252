/** Numbers the answers to a request: it may hold several conversations, and ask for several answers to each. */
import type { CanonicalRequest } from './types.ts';
/** How many answers a request asks for. */
export declare function countChoices({ choices, moreInputs }: CanonicalRequest): number;
/** Does the choice answer the first conversation, `input`? All such choices send the same request. */
export declare function isOfFirstInput({ choices }: CanonicalRequest, choice: number): boolean;
/** The request with only the conversation that the choice answers. */
export declare function requestOfChoice(request: CanonicalRequest, choice: number): CanonicalRequest;
