/**
 * Reads a token's claims without checking its signature: the token came from its issuer over TLS and goes back to it, and its
 * claims never decide who may use this server.
 */

import { asObject, asText, parseObject } from '../lenient-json.ts';

export interface TokenClaims {
  /** Unix seconds (`exp`). */
  expiresAtEpochS?: number;
  email?: string;
  /** Only `chatgpt_account_id`: a user id in its place would be refused as an account header. */
  accountId?: string;
  /** Ids of the person, never of the account; some programs store one of them as the account id. */
  userIds: readonly string[];
  planType?: string;
  isFedramp: boolean;
}

const authNamespace = 'https://api.openai.com/auth';
const profileNamespace = 'https://api.openai.com/profile';

/** The claims of a JWT; unreadable parts (an opaque token, a missing claim, a wrong type) are absent. Never throws. */
export function decodeTokenClaims(token: string | undefined): TokenClaims {
  const payload = token?.split('.')[1] ?? '';
  const claims = parseObject(Buffer.from(payload, 'base64url').toString('utf8')) ?? {};
  const auth = asObject(claims[authNamespace]) ?? {};
  return {
    expiresAtEpochS: asFiniteNumber(claims.exp),
    email: asText(claims.email) ?? asText(asObject(claims[profileNamespace])?.email),
    accountId: asText(auth.chatgpt_account_id),
    userIds: [auth.chatgpt_user_id, auth.user_id, claims.sub].map(asText).filter((id) => id !== undefined),
    planType: asText(auth.chatgpt_plan_type),
    isFedramp: auth.chatgpt_account_is_fedramp === true,
  };
}

function asFiniteNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
