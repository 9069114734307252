/** Requests to the Copilot backend and to GitHub besides those of clients: for the account's models, its plan and quota. */

import { OpenCompatError } from '../../errors.ts';
import { parseObject } from '../../lenient-json.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import type { FetchedText } from '../../outgoing/fetch-text.ts';
import { Secret } from '../../secret.ts';
import { type AskOptions, askProvider } from '../ask.ts';
import { toBearer } from '../bearer-token.ts';
import { backendUrl } from './backend.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import { copilotError } from './errors.ts';
import type { CopilotToken } from './github-oauth.ts';
import { type CopilotHeadersConfig, copilotHeaders } from './headers.ts';
import { copilotTitle } from './names.ts';
import { type CopilotAccount, readAccount } from './quota.ts';

const asked = { title: copilotTitle, toError: copilotError };

/**
 * Asks the backend; again with a new token if it refuses this one.
 * @throws OpenCompatError for any status except 200 (and 304 where an etag was sent)
 */
export async function getFromCopilot(
  config: CopilotHeadersConfig & Pick<CopilotConfig, 'copilotBaseUrl'>,
  credentials: Pick<CopilotCredentials, 'renew'>,
  token: CopilotToken,
  path: string,
  options: AskOptions,
): Promise<FetchedText> {
  const ask = (with_: CopilotToken) =>
    askProvider(
      asked,
      `${backendUrl(config, with_)}${path}`,
      { ...copilotHeaders(config), authorization: toBearer(with_.token) },
      options,
    );
  try {
    return await ask(token);
  } catch (error) {
    if (!(error instanceof OpenCompatError) || error.code !== 'OC_SIGN_IN_AGAIN') throw error;
    const renewed = await credentials.renew(token.token);
    if (!renewed) throw error;
    return ask(renewed);
  }
}

const timeoutMs = 10_000;
const maxBytes = 256 * 1024;

/**
 * The account's plan and quota, as GitHub has them now.
 * @throws OpenCompatError when it cannot be asked, or answers with something else
 */
export async function fetchCopilotAccount(
  config: CopilotHeadersConfig & Pick<CopilotConfig, 'githubApiUrl'>,
  gitHubToken: Secret,
  fetch = outgoingFetch,
  now = Date.now,
): Promise<CopilotAccount> {
  const { text } = await askProvider(
    asked,
    `${config.githubApiUrl.replace(/\/+$/, '')}/copilot_internal/user`,
    { ...copilotHeaders(config), authorization: new Secret(`token ${gitHubToken.reveal()}`) },
    { fetch, timeoutMs, maxBytes },
  );
  const account = readAccount(parseObject(text), now());
  if (account) return account;
  throw new OpenCompatError('OC_UPSTREAM_INVALID', {
    provider: asked.title,
    api: 'account',
    reason: 'it is not a JSON object',
  });
}
