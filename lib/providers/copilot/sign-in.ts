/** Sign-in at GitHub with a code typed in any browser: the way to a Copilot seat. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SignInError, toSignInError } from '../../auth/sign-in-server.ts';
import type { Secret } from '../../secret.ts';
import {
  type GitHubClient,
  type GitHubDeviceCode,
  interpretDeviceCode,
  interpretDevicePoll,
  sendDeviceCodeRequest,
  sendDevicePoll,
} from './github-oauth.ts';

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
export async function signInToGitHub(options: GitHubSignInOptions): Promise<Secret> {
  const {
    client,
    show,
    signal,
    wait = (ms) => sleep(ms, undefined, { signal }),
    now = () => performance.now(),
  } = options;
  const device = interpretDeviceCode(
    client,
    await sendDeviceCodeRequest(client).catch((error) => {
      throw toSignInError(error);
    }),
  );
  const deadlineMs = now() + device.expiresInS * 1000;
  show(device);
  let { intervalS } = device;
  for (;;) {
    await wait(intervalS * 1000);
    if (now() > deadlineMs) {
      throw new SignInError('The code was not entered in time. Run `opencompat login copilot` again.');
    }
    // A failing network is no answer; the next poll may get one.
    const answer = await sendDevicePoll(client, device).catch(() => undefined);
    if (!answer) continue;
    const poll = interpretDevicePoll(answer, intervalS);
    if (poll.kind === 'granted') return poll.token;
    intervalS = poll.intervalS;
  }
}
