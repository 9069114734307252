/** Requests to the Copilot backend and to GitHub besides those of clients: for the account's models, its plan and quota. */
import type { FetchedText } from '../../outgoing/fetch-text.ts';
import { Secret } from '../../secret.ts';
import { type AskOptions } from '../ask.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import type { CopilotToken } from './github-oauth.ts';
import { type CopilotHeadersConfig } from './headers.ts';
import { type CopilotAccount } from './quota.ts';
/**
 * Asks the backend; again with a new token if it refuses this one.
 * @throws OpenCompatError for any status except 200 (and 304 where an etag was sent)
 */
export declare function getFromCopilot(config: CopilotHeadersConfig & Pick<CopilotConfig, 'copilotBaseUrl'>, credentials: Pick<CopilotCredentials, 'renew'>, token: CopilotToken, path: string, options: AskOptions): Promise<FetchedText>;
/**
 * The account's plan and quota, as GitHub has them now.
 * @throws OpenCompatError when it cannot be asked, or answers with something else
 */
export declare function fetchCopilotAccount(config: CopilotHeadersConfig & Pick<CopilotConfig, 'githubApiUrl'>, gitHubToken: Secret, fetch?: typeof globalThis.fetch, now?: () => number): Promise<CopilotAccount>;
