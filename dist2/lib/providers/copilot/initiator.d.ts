/** Facts of a request that its headers tell the backend. Pure. */
import type { CanonicalRequest } from '../../canonical/types.ts';
/**
 * Who caused the request: one by `user` costs one of the plan's premium requests, the steps of an agent cost nothing more.
 * `user` when a person's message has to be answered, after a conversation of any length; `agent` while a turn goes on: after
 * tool outputs (and anything that a client puts beside them), or to continue the model's own text.
 */
export declare function readInitiator({ input }: CanonicalRequest): 'user' | 'agent';
/** Is there a picture in it, in a message or in a tool's output? */
export declare function hasImage({ input }: CanonicalRequest): boolean;
