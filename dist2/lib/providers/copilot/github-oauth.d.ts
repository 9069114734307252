/**
 * The messages of GitHub's device flow (RFC 8628, https://www.rfc-editor.org/rfc/rfc8628) and of the Copilot token that a
 * GitHub token is exchanged for. Each step is a pair: `send…` puts it on the network, `interpret…` is a pure reading of the
 * answer.
 *
 * Answers are read here and not by oauth4webapi's `process…` functions: GitHub refuses with HTTP 200 and an `error`.
 */
import * as oauth from 'oauth4webapi';
import { type AuthAnswer } from '../../auth/sign-in-server.ts';
import { Secret } from '../../secret.ts';
export interface GitHubClient {
    /** Base URL without a slash at its end. */
    readonly baseUrl: string;
    readonly apiUrl: string;
    readonly clientId: string;
    readonly server: oauth.AuthorizationServer;
    readonly fetch: typeof fetch;
}
/** @throws SignInError for an address that would carry tokens in the clear (http other than loopback) */
export declare function createGitHubClient(options: {
    githubUrl: string;
    githubApiUrl: string;
    copilotClientId: string;
    fetch?: typeof fetch;
}): GitHubClient;
export interface GitHubDeviceCode {
    deviceCode: Secret;
    userCode: string;
    /** The page where the person types the code. */
    verificationUrl: string;
    intervalS: number;
    expiresInS: number;
}
export declare function sendDeviceCodeRequest(client: GitHubClient, signal?: AbortSignal): Promise<AuthAnswer>;
/** @throws SignInError */
export declare function interpretDeviceCode(client: GitHubClient, answer: AuthAnswer): GitHubDeviceCode;
export declare function sendDevicePoll(client: GitHubClient, device: GitHubDeviceCode, signal?: AbortSignal): Promise<AuthAnswer>;
export type DevicePoll = {
    kind: 'granted';
    token: Secret;
}
/** The person has not typed the code yet; ask again after this long. */
 | {
    kind: 'pending';
    intervalS: number;
};
/** @param intervalS the time between polls so far @throws SignInError */
export declare function interpretDevicePoll(answer: AuthAnswer, intervalS: number): DevicePoll;
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
export declare function sendTokenExchange(client: GitHubClient, githubToken: Secret, headers: Readonly<Record<string, string>>): Promise<AuthAnswer>;
export type TokenExchange = {
    kind: 'granted';
    token: CopilotToken;
}
/** The GitHub token is no longer valid. */
 | {
    kind: 'revoked';
}
/** The person has no Copilot, or may not use it. */
 | {
    kind: 'forbidden';
    reason: string;
}
/** Nothing is known to be lost; try later. */
 | {
    kind: 'transient';
    reason: string;
    retryAfterS?: number;
};
/** @param nowMs for an answer that has only its token's time of expiry */
export declare function interpretTokenExchange(answer: AuthAnswer, nowMs: number): TokenExchange;
