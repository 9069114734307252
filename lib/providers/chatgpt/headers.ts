/** Headers of the ChatGPT backend: what every request says about who sends it. */
import { arch, platform, release } from 'node:os';
import { toBearer } from '../bearer-token.ts';
import type { UpstreamRequest } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';

export interface ChatGptHeadersOptions {
  /** Default `application/json`. */
  accept?: string;
  /** Of the request's body, when it has one. */
  contentType?: string;
}

const systemNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Mac OS',
  linux: 'Linux',
  win32: 'Windows',
};
const architectureNames: Record<string, string> = { x64: 'x86_64', ia32: 'x86' };

const system = `${systemNames[platform()] ?? platform()} ${release()}; ${architectureNames[arch()] ?? arch()}`;

/**
 * With them the backend tells Codex that an answer is held back for a check, and which model would be faster (seen live in July
 * 2026; https://github.com/openai/codex, codex-api/src/safety_buffering.rs).
 */
export const safetyBufferingHeaders = ['enabled', 'faster-model', 'learn-more-link'].map(
  (name) => `x-codex-safety-buffering-${name}`,
);

/** The CDN in front of the backend refuses values that are not printable ASCII. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '_');
}

/** `<originator>/<version> (<system> <release>; <architecture>) <terminal>`, as Codex writes it. */
function userAgent({ chatgptOriginator, chatgptClientVersion }: ChatGptHeadersConfig): string {
  return toAscii(`${chatgptOriginator}/${chatgptClientVersion} (${system}) unknown`);
}

export type ChatGptHeadersConfig = Pick<ChatGptConfig, 'chatgptClientVersion' | 'chatgptOriginator'>;

/** @param credential left out where it is put in later, by `credentialHeaders` */
export function chatGptHeaders(
  config: ChatGptHeadersConfig,
  credential?: ChatGptCredential,
  { accept = 'application/json', contentType }: ChatGptHeadersOptions = {},
): UpstreamRequest['headers'] {
  return {
    ...(credential && credentialHeaders(credential)),
    accept,
    ...(contentType && { 'content-type': contentType }),
    originator: toAscii(config.chatgptOriginator),
    'user-agent': userAgent(config),
  };
}

/** Who the account is. The account id is left out where the sign-in does not say it, or says what no header can hold. */
export function credentialHeaders({
  accessToken,
  accountId,
  isFedramp,
}: ChatGptCredential): UpstreamRequest['headers'] {
  return {
    authorization: toBearer(accessToken),
    ...(accountId && /^[\x21-\x7e]+$/.test(accountId) && { 'chatgpt-account-id': accountId }),
    ...(isFedramp && { 'x-openai-fedramp': 'true' }),
  };
}
