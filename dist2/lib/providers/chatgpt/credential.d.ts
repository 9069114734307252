/** What a request to ChatGPT is given of the sign-in. */
import type { StoredCredential } from '../../auth/credential-file.ts';
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
export declare function toCredential(stored: StoredCredential): ChatGptCredential | undefined;
