/** Where the Copilot backend is, and which paths of it answer. */

import { type CopilotConfig, copilotKeys } from './config.ts';
import type { CopilotToken } from './github-oauth.ts';

/** Where models are asked; each is an API of its own. */
export const copilotPaths = ['/chat/completions', '/responses', '/v1/messages'] as const;
export type CopilotPath = (typeof copilotPaths)[number];

/** Individuals, companies and enterprises each have a backend, which the token's answer names. */
export function backendUrl(
  config: Pick<CopilotConfig, 'copilotBaseUrl'>,
  token?: Pick<CopilotToken, 'apiUrl'>,
): string {
  const isDefault = config.copilotBaseUrl === copilotKeys.copilotBaseUrl.default;
  return ((isDefault && token?.apiUrl) || config.copilotBaseUrl).replace(/\/+$/, '');
}
