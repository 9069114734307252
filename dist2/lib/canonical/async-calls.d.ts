/** Tools that are `async` (type `FunctionTool` of the openai package 7.59): the output of a call may come in a later request. */
import { type Json } from '../lenient-json.ts';
import type { CanonicalRequest } from './types.ts';
/**
 * For an upstream without asynchronous tools: an output that comes after further messages, or whose call the request does not
 * have, becomes a message of the user; the call itself has an output that says so. Requests without such tools are returned as
 * they are.
 */
export declare function settleAsyncCalls(request: CanonicalRequest): CanonicalRequest;
/** The tools of a request, also those inside of namespaces, as they came over the wire. */
export declare function listTools(tools: CanonicalRequest['tools']): Json[];
