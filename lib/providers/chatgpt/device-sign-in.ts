/** Sign-in with a code typed in any browser: for containers and SSH. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SignInError, toSignInError } from '../../auth/sign-in-server.ts';
import {
  type AuthClient,
  type DeviceCode,
  exchangeCode,
  interpretDeviceCode,
  interpretDevicePoll,
  sendDeviceCodeRequest,
  sendDevicePoll,
  type TokenSet,
} from './oauth.ts';

/**
 * @param options.show tells the person the code and where to type it
 * @param options.signal ends the wait
 * @throws SignInError
 */
export async function signInWithDevice(options: {
  client: AuthClient;
  show(device: DeviceCode): void;
  signal: AbortSignal;
}): Promise<TokenSet> {
  const { client, show, signal } = options;
  const device = interpretDeviceCode(client, await sendDeviceCodeRequest(client, signal).catch(fail));
  show(device);
  for (;;) {
    await sleep(device.intervalS * 1000, undefined, { signal }).catch(() => {
      throw new SignInError('The code was not entered in time. Run `opencompat login --device` again.');
    });
    // A failing network is no answer; the next poll may get one.
    const answer = await sendDevicePoll(client, device, signal).catch(() => undefined);
    const granted = answer && interpretDevicePoll(client, answer);
    if (granted) return exchangeCode(client, granted, signal).catch(fail);
  }
}

function fail(error: unknown): never {
  throw toSignInError(error);
}
