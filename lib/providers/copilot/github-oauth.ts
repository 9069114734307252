/**
 * The messages of GitHub's device flow (RFC 8628, https://www.rfc-editor.org/rfc/rfc8628) and of the Copilot token that a
 * GitHub token is exchanged for. Each step is a pair: `send…` puts it on the network, `interpret…` is a pure reading of the
 * answer.
 *
 * Answers are read here and not by oauth4webapi's `process…` functions: GitHub refuses with HTTP 200 and an `error`.
 */
import * as oauth from 'oauth4webapi';
import {
  type AuthAnswer,
  checkSignInUrl,
  readAnswer,
  readRefusal,
  refusal,
  SignInError,
  withTimeout,
} from '../../auth/sign-in-server.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import { isLoopbackHostname } from '../../origins.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import { publicText } from '../../public-text.ts';
import { Secret } from '../../secret.ts';

const scope = 'read:user';
/** GitHub counts faster polls than this against the code, so a shorter interval in an answer is ignored. */
const minPollIntervalS = 5;
/** Seconds added to the interval after `slow_down` (RFC 8628 §3.5, https://www.rfc-editor.org/rfc/rfc8628#section-3.5). */
const slowDownS = 5;
/** For an answer without the lifetime of its code. */
const defaultExpiryS = 900;

export interface GitHubClient {
  /** Base URL without a slash at its end. */
  readonly baseUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly server: oauth.AuthorizationServer;
  readonly fetch: typeof fetch;
}

/** @throws SignInError for an address that would carry tokens in the clear (http other than loopback) */
export function createGitHubClient(options: {
  githubUrl: string;
  githubApiUrl: string;
  copilotClientId: string;
  fetch?: typeof fetch;
}): GitHubClient {
  const baseUrl = options.githubUrl.replace(/\/+$/, '');
  const apiUrl = options.githubApiUrl.replace(/\/+$/, '');
  checkSignInUrl(baseUrl, 'githubUrl');
  checkSignInUrl(apiUrl, 'githubApiUrl');
  return {
    baseUrl,
    apiUrl,
    clientId: options.copilotClientId,
    server: {
      issuer: baseUrl,
      device_authorization_endpoint: `${baseUrl}/login/device/code`,
      token_endpoint: `${baseUrl}/login/oauth/access_token`,
    },
    fetch: options.fetch ?? outgoingFetch,
  };
}

export interface GitHubDeviceCode {
  deviceCode: Secret;
  userCode: string;
  /** The page where the person types the code. */
  verificationUrl: string;
  intervalS: number;
  expiresInS: number;
}

export async function sendDeviceCodeRequest(client: GitHubClient, signal?: AbortSignal): Promise<AuthAnswer> {
  const { server, clientId } = client;
  return readAnswer(
    await oauth.deviceAuthorizationRequest(
      server,
      { client_id: clientId },
      oauth.None(),
      { scope },
      toRequestOptions(client, signal),
    ),
  );
}

/** @throws SignInError */
export function interpretDeviceCode(client: GitHubClient, answer: AuthAnswer): GitHubDeviceCode {
  const json = answer.status === 200 ? parseObject(answer.body) : undefined;
  const deviceCode = asText(json?.device_code);
  const userCode = asText(json?.user_code);
  if (!json || !deviceCode || !userCode) throw refusal('GitHub gave no device code', answer);
  return {
    deviceCode: new Secret(deviceCode),
    userCode,
    verificationUrl: toWebUrl(json.verification_uri) ?? `${client.baseUrl}/login/device`,
    intervalS: Math.max(minPollIntervalS, toSeconds(json.interval) ?? 0),
    expiresInS: toSeconds(json.expires_in) ?? defaultExpiryS,
  };
}

export async function sendDevicePoll(
  client: GitHubClient,
  device: GitHubDeviceCode,
  signal?: AbortSignal,
): Promise<AuthAnswer> {
  const { server, clientId } = client;
  return readAnswer(
    await oauth.deviceCodeGrantRequest(
      server,
      { client_id: clientId },
      oauth.None(),
      device.deviceCode.reveal(),
      toRequestOptions(client, signal),
    ),
  );
}

export type DevicePoll =
  | { kind: 'granted'; token: Secret }
  /** The person has not typed the code yet; ask again after this long. */
  | { kind: 'pending'; intervalS: number };

const endings: Readonly<Record<string, string>> = {
  expired_token: 'The code was not entered in time. Run `opencompat login copilot` again.',
  access_denied: 'The sign-in was refused at GitHub.',
  incorrect_device_code: 'GitHub does not know the code any more. Run `opencompat login copilot` again.',
  incorrect_client_credentials: 'GitHub does not know the OAuth client (`copilotClientId`).',
  device_flow_disabled: 'The OAuth client (`copilotClientId`) may not sign in with a code.',
};

/** @param intervalS the time between polls so far @throws SignInError */
export function interpretDevicePoll(answer: AuthAnswer, intervalS: number): DevicePoll {
  const json = parseObject(answer.body);
  const token = answer.status === 200 ? asText(json?.access_token) : undefined;
  if (token) return { kind: 'granted', token: new Secret(token) };
  const { code = '' } = readRefusal(answer.body);
  if (code === 'authorization_pending') return { kind: 'pending', intervalS };
  if (code === 'slow_down') {
    return { kind: 'pending', intervalS: Math.max(intervalS + slowDownS, toSeconds(json?.interval) ?? 0) };
  }
  // A server error says nothing about the code.
  if (answer.status === 429 || answer.status >= 500) return { kind: 'pending', intervalS: intervalS + slowDownS };
  if (Object.hasOwn(endings, code)) throw new SignInError(endings[code]!);
  throw refusal('The sign-in at GitHub failed', answer);
}

/** The token for the Copilot backend; it lasts for less than an hour. */
export interface CopilotToken {
  token: Secret;
  /** Seconds from its receipt after which it should be replaced. */
  refreshInS: number;
  /** The address of the account's backend; undefined if the answer does not name it. */
  apiUrl?: string;
  sku?: string;
}

/** Sends the GitHub token. @param headers the headers that name the editor */
export async function sendTokenExchange(
  client: GitHubClient,
  githubToken: Secret,
  headers: Readonly<Record<string, string>>,
): Promise<AuthAnswer> {
  return readAnswer(
    await client.fetch(`${client.apiUrl}/copilot_internal/v2/token`, {
      headers: { ...headers, authorization: `token ${githubToken.reveal()}` },
      redirect: 'manual',
      signal: withTimeout(),
    }),
  );
}

export type TokenExchange =
  | { kind: 'granted'; token: CopilotToken }
  /** The GitHub token is no longer valid. */
  | { kind: 'revoked' }
  /** The person has no Copilot, or may not use it. */
  | { kind: 'forbidden'; reason: string }
  /** Nothing is known to be lost; try later. */
  | { kind: 'transient'; reason: string; retryAfterS?: number };

/** For an answer without the time to replace its token. */
const defaultRefreshInS = 1500;

/** @param nowMs for an answer that has only its token's time of expiry */
export function interpretTokenExchange(answer: AuthAnswer, nowMs: number): TokenExchange {
  const { status, retryAfterS } = answer;
  const json = parseObject(answer.body);
  if (status === 200) {
    const token = asText(json?.token);
    if (!json || !token || /[^\x21-\x7e]/.test(token)) {
      return { kind: 'transient', reason: 'GitHub sent something that is not a Copilot token' };
    }
    return { kind: 'granted', token: toCopilotToken(token, json, nowMs) };
  }
  if (status === 401) return { kind: 'revoked' };
  // GitHub limits how often one may ask with a 403 too (and says when to come back).
  if (status === 403 && retryAfterS === undefined) return { kind: 'forbidden', reason: describeRefusal(json) };
  const { message } = readRefusal(answer.body);
  const said = publicText(message);
  return { kind: 'transient', reason: `GitHub answered HTTP ${status}${said && `: ${said}`}`, retryAfterS };
}

function toCopilotToken(token: string, json: Json, nowMs: number): CopilotToken {
  // Uses the duration, so that a wrong clock does no harm.
  const leftS = (toSeconds(json.expires_at) ?? 0) - nowMs / 1000;
  const apiUrl = toWebUrl(asObject(json.endpoints)?.api)?.replace(/\/+$/, '');
  const sku = asText(json.sku);
  return {
    token: new Secret(token),
    refreshInS: toSeconds(json.refresh_in) ?? (leftS > 0 ? leftS : defaultRefreshInS),
    ...(apiUrl && { apiUrl }),
    ...(sku && { sku }),
  };
}

/** GitHub says in `error_details` what is missing and where to get it. */
function describeRefusal(json: Json | undefined): string {
  const details = asObject(json?.error_details);
  const message = publicText(details?.message) || publicText(json?.message);
  const url = toWebUrl(details?.url);
  return `${message || 'GitHub gives this account no access to Copilot.'}${url ? ` See ${url}` : ''}`;
}

/** An address that is safe to show and to call: https, or this machine. */
function toWebUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || url.username || url.password) return undefined;
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHostname(url.hostname));
  return isSafe ? (value as string) : undefined;
}

function toSeconds(value: unknown): number | undefined {
  const seconds = Number(value ?? Number.NaN);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

function toRequestOptions(client: GitHubClient, signal?: AbortSignal) {
  return {
    [oauth.customFetch]: client.fetch as (url: string, options: object) => Promise<Response>,
    // createGitHubClient has let http pass for loopback only.
    [oauth.allowInsecureRequests]: client.baseUrl.startsWith('http:'),
    signal: withTimeout(signal),
  };
}
