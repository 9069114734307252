/** What a request to ChatGPT is given of the sign-in. */
import type { StoredCredential } from '../../auth/credential-file.ts';
import { decodeTokenClaims } from '../../auth/jwt.ts';
import type { Secret } from '../../secret.ts';

export interface ChatGptCredential {
  accessToken: Secret;
  accountId?: string;
  isFedramp: boolean;
  email?: string;
  planType?: string;
  expiresAtEpochS?: number;
}

/** Undefined while there is only a refresh token. */
export function toCredential(stored: StoredCredential): ChatGptCredential | undefined {
  const { accessToken, idToken, accountId, email, expiresAtEpochS } = stored;
  if (!accessToken) return undefined;
  const access = decodeTokenClaims(accessToken.reveal());
  const id = decodeTokenClaims(idToken?.reveal());
  return Object.freeze({
    accessToken,
    accountId,
    isFedramp: access.isFedramp || id.isFedramp,
    email,
    planType: access.planType ?? id.planType,
    expiresAtEpochS,
  });
}
