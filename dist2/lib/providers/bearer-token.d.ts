/** Tokens in the `authorization` header (RFC 6750 §2.1, https://www.rfc-editor.org/rfc/rfc6750#section-2.1). */
import { Secret } from '../secret.ts';
import type { UpstreamRequest } from './provider.ts';
export declare function toBearer(token: Secret): Secret;
/** The token of a request; '' without one. */
export declare function readBearer({ authorization }: UpstreamRequest['headers']): Secret;
