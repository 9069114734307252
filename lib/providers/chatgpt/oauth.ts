/**
 * The messages of ChatGPT's sign-in. Each step is a pair: `send…` puts it on the network, `interpret…` is a pure reading
 * of the answer. Facts: the public sources of openai/codex (codex-rs/login).
 *
 * Answers are read here and not by oauth4webapi's `process…` functions: those check the id_token's times and issuer, and
 * a refusal over a skewed clock would throw away a refresh token that the server has already replaced.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import type { StoredCredential } from '../../auth/credential-file.ts';
import { decodeTokenClaims } from '../../auth/jwt.ts';
import {
  type AuthAnswer,
  checkSignInUrl,
  isPassing,
  readAnswer,
  readRefusal,
  refusal,
  SignInError,
  toSecret,
  withTimeout,
} from '../../auth/sign-in-server.ts';
import { asText, parseObject } from '../../lenient-json.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import { Secret } from '../../secret.ts';

/** Seconds between polls when the server names none. */
const defaultPollIntervalS = 5;
/** How often a code is exchanged in all, while the server is in trouble. */
const maxExchanges = 4;
/** After the first time; longer each time. */
const exchangeDelayMs = 1_000;

export interface AuthClient {
  /** Base URL without a slash at its end. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly server: oauth.AuthorizationServer;
  readonly fetch: typeof fetch;
}

/** What a token answer held. Every field is optional; what is absent keeps its old value. */
export interface TokenSet {
  accessToken?: Secret;
  refreshToken?: Secret;
  idToken?: Secret;
  expiresInS?: number;
}

/** A code, and what proves that it was asked for here. */
export interface CodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  /** PKCE's (RFC 7636: https://www.rfc-editor.org/rfc/rfc7636). */
  readonly verifier: string;
}

/** @throws SignInError for an address that would carry tokens in the clear (http other than loopback) */
export function createAuthClient(options: {
  chatgptAuthUrl: string;
  oauthClientId: string;
  fetch?: typeof fetch;
}): AuthClient {
  const baseUrl = options.chatgptAuthUrl.replace(/\/+$/, '');
  checkSignInUrl(baseUrl, 'chatgptAuthUrl');
  return {
    baseUrl,
    clientId: options.oauthClientId,
    server: {
      issuer: baseUrl,
      authorization_endpoint: `${baseUrl}/oauth/authorize`,
      token_endpoint: `${baseUrl}/oauth/token`,
      revocation_endpoint: `${baseUrl}/oauth/revoke`,
    },
    fetch: options.fetch ?? outgoingFetch,
  };
}

/** Where the browser goes. `codeChallenge`: S256 of the verifier. */
export function buildAuthorizeUrl(
  client: AuthClient,
  { redirectUri, state, codeChallenge }: { redirectUri: string; state: string; codeChallenge: string },
): URL {
  const url = new URL(client.server.authorization_endpoint!);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    state,
    originator: 'codex_cli_rs',
  }).toString();
  return url;
}

/** Exchanges the code; a server in trouble is asked again. @throws SignInError, and what the network throws */
export async function exchangeCode(client: AuthClient, grant: CodeGrant, signal: AbortSignal): Promise<TokenSet> {
  for (let attempt = 1; ; attempt++) {
    const answer = await sendCodeExchange(client, grant, signal);
    if (!isPassing(answer) || attempt === maxExchanges) return interpretCodeExchange(answer);
    await sleep(exchangeDelayMs * attempt, undefined, { signal });
  }
}

async function sendCodeExchange(
  client: AuthClient,
  { code, redirectUri, verifier }: CodeGrant,
  signal: AbortSignal,
): Promise<AuthAnswer> {
  // The receiver of the code has checked the state; oauth4webapi gets the code alone.
  const parameters = oauth.validateAuthResponse(
    client.server,
    toOAuthClient(client),
    new URLSearchParams({ code }),
    oauth.expectNoState,
  );
  return readAnswer(
    await oauth.authorizationCodeGrantRequest(
      client.server,
      toOAuthClient(client),
      oauth.None(),
      parameters,
      redirectUri,
      verifier,
      toRequestOptions(client, signal),
    ),
  );
}

/** @throws SignInError */
export function interpretCodeExchange(answer: AuthAnswer): TokenSet {
  const tokens = answer.status === 200 ? readTokens(answer.body) : undefined;
  if (!tokens?.accessToken) throw refusal('The sign-in server refused the code', answer);
  return tokens;
}

export async function sendRefresh(client: AuthClient, refreshToken: Secret, signal?: AbortSignal): Promise<AuthAnswer> {
  return readAnswer(
    await oauth.refreshTokenGrantRequest(
      client.server,
      toOAuthClient(client),
      oauth.None(),
      refreshToken.reveal(),
      toRequestOptions(client, signal),
    ),
  );
}

export type RefreshOutcome =
  | { kind: 'renewed'; tokens: TokenSet }
  /** This refresh token will never work again. `isReused`: someone used it before, and may hold its successor. */
  | { kind: 'permanent'; reason: string; isReused: boolean }
  /** Nothing is known to be lost; try later. */
  | { kind: 'transient'; reason: string; retryAfterS?: number };

const permanentCodes = new Set([
  'refresh_token_expired',
  'refresh_token_reused',
  'refresh_token_invalidated',
  'invalid_grant',
]);

export function interpretRefresh(answer: AuthAnswer): RefreshOutcome {
  const { status, retryAfterS } = answer;
  if (status === 200) {
    const tokens = readTokens(answer.body);
    return tokens
      ? { kind: 'renewed', tokens }
      : { kind: 'transient', reason: 'the sign-in server sent something that is not a token answer' };
  }
  const { code } = readRefusal(answer.body);
  const isRefusedRequest = status >= 400 && status < 500 && status !== 429;
  if (status === 401 || (isRefusedRequest && permanentCodes.has(code ?? ''))) {
    return { kind: 'permanent', reason: code ?? `HTTP ${status}`, isReused: code === 'refresh_token_reused' };
  }
  return { kind: 'transient', reason: `the sign-in server answered HTTP ${status}`, retryAfterS };
}

export async function sendRevocation(client: AuthClient, token: Secret, signal?: AbortSignal): Promise<AuthAnswer> {
  return readAnswer(
    await oauth.revocationRequest(client.server, toOAuthClient(client), oauth.None(), token.reveal(), {
      ...toRequestOptions(client, signal),
      additionalParameters: { token_type_hint: 'refresh_token' },
    }),
  );
}

/** @throws SignInError */
export function interpretRevocation(answer: AuthAnswer): void {
  if (answer.status !== 200) throw refusal('The sign-in server did not revoke the token', answer);
}

export interface DeviceCode {
  deviceAuthId: Secret;
  /** What the person types. */
  userCode: string;
  /** Where they type it. */
  verificationUrl: string;
  intervalS: number;
}

export function sendDeviceCodeRequest(client: AuthClient, signal?: AbortSignal): Promise<AuthAnswer> {
  return postJson(client, '/api/accounts/deviceauth/usercode', { client_id: client.clientId }, signal);
}

/** @throws SignInError */
export function interpretDeviceCode(client: AuthClient, answer: AuthAnswer): DeviceCode {
  if (answer.status === 404) {
    throw new SignInError(
      'Device login is not enabled for this account. Switch it on in ChatGPT under Settings → Security, or use `opencompat login` (the redirect address can be pasted when the browser is on another machine).',
    );
  }
  const json = answer.status === 200 ? parseObject(answer.body) : undefined;
  const deviceAuthId = asText(json?.device_auth_id);
  const userCode = asText(json?.user_code) ?? asText(json?.usercode);
  if (!deviceAuthId || !userCode) throw refusal('The sign-in server gave no device code', answer);
  // The server sends the interval as a string.
  const intervalS = Number(json?.interval);
  return {
    deviceAuthId: new Secret(deviceAuthId),
    userCode,
    verificationUrl: `${client.baseUrl}/codex/device`,
    intervalS: intervalS > 0 ? intervalS : defaultPollIntervalS,
  };
}

export function sendDevicePoll(client: AuthClient, device: DeviceCode, signal?: AbortSignal): Promise<AuthAnswer> {
  const body = { device_auth_id: device.deviceAuthId.reveal(), user_code: device.userCode };
  return postJson(client, '/api/accounts/deviceauth/token', body, signal);
}

/** What to exchange; undefined while the person has not typed the code yet, or the server is in trouble. @throws SignInError */
export function interpretDevicePoll(client: AuthClient, answer: AuthAnswer): CodeGrant | undefined {
  if (answer.status === 403 || answer.status === 404 || isPassing(answer)) return undefined;
  const json = answer.status === 200 ? parseObject(answer.body) : undefined;
  const code = asText(json?.authorization_code);
  const verifier = asText(json?.code_verifier);
  if (!code || !verifier) throw refusal('The device login failed', answer);
  return { code, verifier, redirectUri: `${client.baseUrl}/deviceauth/callback` };
}

/** The sign-in that a token answer makes of the earlier one (or of none). */
export function applyTokens(previous: StoredCredential | undefined, tokens: TokenSet, nowMs: number): StoredCredential {
  const accessToken = tokens.accessToken ?? previous?.accessToken;
  const idToken = tokens.idToken ?? previous?.idToken;
  const access = decodeTokenClaims(accessToken?.reveal());
  const id = decodeTokenClaims(idToken?.reveal());
  const nowS = Math.floor(nowMs / 1000);
  const toldExpiryS = tokens.expiresInS === undefined ? undefined : nowS + tokens.expiresInS;
  return {
    accessToken,
    refreshToken: tokens.refreshToken ?? previous?.refreshToken,
    idToken,
    expiresAtEpochS: access.expiresAtEpochS ?? (tokens.accessToken ? toldExpiryS : previous?.expiresAtEpochS),
    accountId: access.accountId ?? id.accountId ?? previous?.accountId,
    email: access.email ?? id.email ?? previous?.email,
    lastRefreshEpochS: nowS,
  };
}

function toOAuthClient(client: AuthClient): oauth.Client {
  return { client_id: client.clientId };
}

function toRequestOptions(client: AuthClient, signal?: AbortSignal) {
  return {
    [oauth.customFetch]: client.fetch as (url: string, options: object) => Promise<Response>,
    // createAuthClient has let http pass for loopback only.
    [oauth.allowInsecureRequests]: client.baseUrl.startsWith('http:'),
    signal: withTimeout(signal),
  };
}

async function postJson(client: AuthClient, path: string, body: object, signal?: AbortSignal): Promise<AuthAnswer> {
  return readAnswer(
    await client.fetch(`${client.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: withTimeout(signal),
    }),
  );
}

function readTokens(body: string): TokenSet | undefined {
  const json = parseObject(body);
  if (!json) return undefined;
  const expiresInS = Number(json.expires_in ?? Number.NaN);
  return {
    accessToken: toSecret(json.access_token),
    refreshToken: toSecret(json.refresh_token),
    idToken: toSecret(json.id_token),
    expiresInS: expiresInS > 0 ? expiresInS : undefined,
  };
}
