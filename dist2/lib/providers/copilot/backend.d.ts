/** Where the Copilot backend is, and which paths of it answer. */
import { type CopilotConfig } from './config.ts';
import type { CopilotToken } from './github-oauth.ts';
/** Where models are asked; each is an API of its own. */
export declare const copilotPaths: readonly ['/chat/completions', '/responses', '/v1/messages'];
export type CopilotPath = (typeof copilotPaths)[number];
/** Individuals, companies and enterprises each have a backend, which the token's answer names. */
export declare function backendUrl(config: Pick<CopilotConfig, 'copilotBaseUrl'>, token?: Pick<CopilotToken, 'apiUrl'>): string;
