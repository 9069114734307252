import type { Secret } from '../../secret.ts';
import { type GitHubClient, type GitHubDeviceCode } from './github-oauth.ts';
export interface GitHubSignInOptions {
    client: GitHubClient;
    /** Tells the person the code and where to type it. */
    show(device: GitHubDeviceCode): void;
    /** Gives it up. */
    signal?: AbortSignal;
    /** Waits for so many milliseconds. */
    wait?: (ms: number) => Promise<unknown>;
    /** Milliseconds on a monotonic clock. */
    now?: () => number;
}
/**
 * @returns the GitHub token
 * @throws SignInError, at the latest when the code has ended
 */
export declare function signInToGitHub(options: GitHubSignInOptions): Promise<Secret>;
