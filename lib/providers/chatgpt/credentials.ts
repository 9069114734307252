/**
 * ChatGPT's access token, always good. Refresh tokens are single-use, and using one twice ends the whole sign-in; so a
 * refresh happens once: single flight in the process, a lock across processes, the file read again under the lock, and
 * what another process wrote is adopted instead of asked for.
 */

import type { CredentialStore } from '../../auth/credential-store.ts';
import { TokenKeeper } from '../../auth/token-keeper.ts';
import { OpenCompatError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import type { ChatGptConfig } from './config.ts';
import { type ChatGptCredential, toCredential } from './credential.ts';
import { createAuthClient } from './oauth.ts';
import { ChatGptRenewal } from './renewal.ts';

export interface ChatGptCredentials {
  /** What is in memory, without I/O; undefined when there is nothing, or nothing that can still work. */
  peek(): ChatGptCredential | undefined;
  /** Is there a sign-in at all, working or not? Without I/O. */
  exists(): boolean;
  /** Is there a file, of which nothing could be read? Without I/O. */
  isUnreadable(): boolean;
  /** When it was made or last refreshed, in Unix milliseconds. Without I/O. */
  renewedAtMs(): number | undefined;
  /** Has a refreshed token no place but memory? Without I/O. */
  isUnsaved(): boolean;
  /**
   * A credential to send. Cheap while the token in memory is good; refreshes first when it is about to end.
   *
   * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_UPSTREAM_UNREACHABLE
   */
  get(): Promise<ChatGptCredential>;
  /**
   * A better credential than the one that was answered with 401: what another request or process got meanwhile, else a
   * refreshed one.
   *
   * @throws OpenCompatError as `get`, and OC_UPSTREAM_ERROR when the server is now signed in to another account
   */
  renew(rejected: Secret): Promise<ChatGptCredential>;
  /** Refreshes ahead of expiry; for a schedule. Never throws. */
  refreshIfDue(): Promise<void>;
  /** Looks for what another process has made of the sign-in; undefined when the last look was just now. Never rejects. */
  lookNowAndThen(): Promise<void> | undefined;
  /** The same at once. Never rejects. */
  look(): Promise<void>;
  /** No more looks at the file. A refresh under way is finished: its token is already paid for. */
  close(): void;
}

export interface ChatGptCredentialsOptions {
  store: CredentialStore;
  config: Pick<ChatGptConfig, 'chatgptAuthUrl' | 'oauthClientId'>;
  log: Logger;
  /** Called when a refresh has ended. */
  onRenewal?(isGood: boolean): void;
  fetch?: typeof fetch;
  /** Unix milliseconds. */
  now?: () => number;
}

export async function createChatGptCredentials(options: ChatGptCredentialsOptions): Promise<ChatGptCredentials> {
  const { store, config, log, now = Date.now } = options;
  const client = createAuthClient({ ...config, fetch: options.fetch });
  let renewal: ChatGptRenewal | undefined;
  const keeper = await TokenKeeper.open<ChatGptCredential | undefined, ChatGptCredential>(
    {
      store,
      provider: 'chatgpt',
      title: 'ChatGPT',
      login: 'opencompat login',
      log,
      now,
      onRenewal: options.onRenewal,
      toView: toCredential,
      mayAdopt: (stored) => !renewal?.isOlder(stored),
      onAdopt: () => renewal?.forgetUnsaved(),
    },
    (opened) => {
      renewal = new ChatGptRenewal({ keeper: opened, client, store, log, now });
      return renewal;
    },
  );
  const { signIn } = keeper;

  return {
    exists: signIn.exists,
    renewedAtMs: () => keeper.renewedAtMs(),
    isUnreadable: signIn.isUnreadable,
    isUnsaved: () => renewal?.isUnsaved === true,
    peek: () => keeper.peek() ?? (keeper.isDead() ? undefined : signIn.held?.view),
    get: () => keeper.get(),
    async renew(rejected) {
      const account = signIn.held?.view?.accountId;
      const credential = await keeper.replace(rejected);
      if (credential) return sameAccount(credential, account);
      log.error('ChatGPT rejects a token that was just refreshed: run `opencompat login`');
      throw keeper.signInAgain();
    },
    refreshIfDue: () => keeper.renewIfDue(),
    lookNowAndThen: signIn.lookNowAndThen,
    look: signIn.look,
    close: signIn.close,
  };
}

/** Part of a turn may be bound to the account it began with, so a request is never repeated under another one. */
function sameAccount(credential: ChatGptCredential, account: string | undefined): ChatGptCredential {
  if (account === undefined || credential.accountId === account) return credential;
  throw new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: 'The server was signed in to another ChatGPT account while the request was under way. Send it again.',
  });
}
