import type { UpstreamRequest } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
export interface ChatGptHeadersOptions {
    /** Default `application/json`. */
    accept?: string;
    /** Of the request's body, when it has one. */
    contentType?: string;
}
/**
 * With them the backend tells Codex that an answer is held back for a check, and which model would be faster (seen live in July
 * 2026; https://github.com/openai/codex, codex-api/src/safety_buffering.rs).
 */
export declare const safetyBufferingHeaders: string[];
export type ChatGptHeadersConfig = Pick<ChatGptConfig, 'chatgptClientVersion' | 'chatgptOriginator'>;
/** @param credential left out where it is put in later, by `credentialHeaders` */
export declare function chatGptHeaders(config: ChatGptHeadersConfig, credential?: ChatGptCredential, { accept, contentType }?: ChatGptHeadersOptions): UpstreamRequest['headers'];
/** Who the account is. The account id is left out where the sign-in does not say it, or says what no header can hold. */
export declare function credentialHeaders({ accessToken, accountId, isFedramp, }: ChatGptCredential): UpstreamRequest['headers'];
