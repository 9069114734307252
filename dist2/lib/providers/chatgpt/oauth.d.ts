import * as oauth from 'oauth4webapi';
import type { StoredCredential } from '../../auth/credential-file.ts';
import { type AuthAnswer } from '../../auth/sign-in-server.ts';
import { Secret } from '../../secret.ts';
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
export declare function createAuthClient(options: {
    chatgptAuthUrl: string;
    oauthClientId: string;
    fetch?: typeof fetch;
}): AuthClient;
/** Where the browser goes. `codeChallenge`: S256 of the verifier. */
export declare function buildAuthorizeUrl(client: AuthClient, { redirectUri, state, codeChallenge }: {
    redirectUri: string;
    state: string;
    codeChallenge: string;
}): URL;
/** Exchanges the code; a server in trouble is asked again. @throws SignInError, and what the network throws */
export declare function exchangeCode(client: AuthClient, grant: CodeGrant, signal: AbortSignal): Promise<TokenSet>;
/** @throws SignInError */
export declare function interpretCodeExchange(answer: AuthAnswer): TokenSet;
export declare function sendRefresh(client: AuthClient, refreshToken: Secret, signal?: AbortSignal): Promise<AuthAnswer>;
export type RefreshOutcome = {
    kind: 'renewed';
    tokens: TokenSet;
}
/** This refresh token will never work again. `isReused`: someone used it before, and may hold its successor. */
 | {
    kind: 'permanent';
    reason: string;
    isReused: boolean;
}
/** Nothing is known to be lost; try later. */
 | {
    kind: 'transient';
    reason: string;
    retryAfterS?: number;
};
export declare function interpretRefresh(answer: AuthAnswer): RefreshOutcome;
export declare function sendRevocation(client: AuthClient, token: Secret, signal?: AbortSignal): Promise<AuthAnswer>;
/** @throws SignInError */
export declare function interpretRevocation(answer: AuthAnswer): void;
export interface DeviceCode {
    deviceAuthId: Secret;
    /** What the person types. */
    userCode: string;
    /** Where they type it. */
    verificationUrl: string;
    intervalS: number;
}
export declare function sendDeviceCodeRequest(client: AuthClient, signal?: AbortSignal): Promise<AuthAnswer>;
/** @throws SignInError */
export declare function interpretDeviceCode(client: AuthClient, answer: AuthAnswer): DeviceCode;
export declare function sendDevicePoll(client: AuthClient, device: DeviceCode, signal?: AbortSignal): Promise<AuthAnswer>;
/** What to exchange; undefined while the person has not typed the code yet, or the server is in trouble. @throws SignInError */
export declare function interpretDevicePoll(client: AuthClient, answer: AuthAnswer): CodeGrant | undefined;
/** The sign-in that a token answer makes of the earlier one (or of none). */
export declare function applyTokens(previous: StoredCredential | undefined, tokens: TokenSet, nowMs: number): StoredCredential;
