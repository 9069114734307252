/** Tokens in the `authorization` header (RFC 6750 §2.1, https://www.rfc-editor.org/rfc/rfc6750#section-2.1). */
import { Secret } from '../secret.ts';
import type { UpstreamRequest } from './provider.ts';

const scheme = 'Bearer ';

export function toBearer(token: Secret): Secret {
  return new Secret(`${scheme}${token.reveal()}`);
}

/** The token of a request; '' without one. */
export function readBearer({ authorization }: UpstreamRequest['headers']): Secret {
  const text = authorization instanceof Secret ? authorization.reveal() : (authorization ?? '');
  return new Secret(text.startsWith(scheme) ? text.slice(scheme.length) : text);
}
