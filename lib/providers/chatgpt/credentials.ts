/**
 * ChatGPT's access token, always good. Refresh tokens are single-use, and using one twice ends the whole sign-in; so a
 * refresh happens once: single flight in the process, a lock across processes, the file read again under the lock, and
 * what another process wrote is adopted instead of asked for.
 */

import type { StoredCredential } from '../../auth/credential-file.ts';
import type { CredentialStore } from '../../auth/credential-store.ts';
import { followSignIn, hasSameAccessToken } from '../../auth/followed-sign-in.ts';
import { decodeTokenClaims } from '../../auth/jwt.ts';
import { OpenCompatError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Secret } from '../../secret.ts';
import type { ChatGptConfig } from './config.ts';
import {
  type AuthClient,
  applyTokens,
  createAuthClient,
  interpretRefresh,
  type RefreshOutcome,
  sendRefresh,
} from './oauth.ts';

/** A request refreshes first when the access token ends within this. */
const requestAheadMs = 5 * 60_000;
/** The schedule refreshes earlier, so that a request hardly ever has to. */
const scheduleAheadMs = 15 * 60_000;
/** A token that does not say when it ends is refreshed at this age, as Codex does. */
const unknownExpiryAgeMs = 8 * 24 * 60 * 60_000;
/** Tokens that are rejected this soon after they were got here, so often in a row, are not helped by yet another one. */
const youngTokenMs = 60_000;
const maxYoungRejections = 3;
const firstBackOffMs = 5_000;
const maxBackOffMs = 5 * 60_000;
/** Refresh tokens known to be dead; more than these are never of interest at a time. */
const maxDeadTokens = 16;

const provider = 'ChatGPT';

export interface ChatGptCredential {
  accessToken: Secret;
  accountId?: string;
  isFedramp: boolean;
  email?: string;
  planType?: string;
  expiresAtEpochS?: number;
}

export interface ChatGptCredentials {
  /** What is in memory, without I/O; undefined when there is nothing, or nothing that can still work. */
  peek(): ChatGptCredential | undefined;
  /** Is there a sign-in at all, working or not? Without I/O. */
  exists(): boolean;
  /** Is there a file, of which nothing could be read? Without I/O. */
  isUnreadable(): boolean;
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
  /** No more looks at the file. A refresh under way is finished: its token is already paid for. */
  close(): void;
}

export interface ChatGptCredentialsOptions {
  store: CredentialStore;
  config: Pick<ChatGptConfig, 'chatgptAuthUrl' | 'oauthClientId'>;
  log: Logger;
  fetch?: typeof fetch;
  /** Unix milliseconds. */
  now?: () => number;
}

export async function createChatGptCredentials(options: ChatGptCredentialsOptions): Promise<ChatGptCredentials> {
  const { store, config, log, now = Date.now } = options;
  const client = createAuthClient({ ...config, fetch: options.fetch });

  let refreshing: Promise<void> | undefined;
  /** The refresh token that the file still has because its successor could not be written. */
  let unsavedSince: string | undefined;
  const deadTokens = new Set<string>();
  /** The access token that the upstream refused although nothing better can be had. */
  let rejectedToken: string | undefined;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let youngRejections = 0;
  let backOff: { untilMs: number; delayMs: number; reason: string } | undefined;
  const signIn = await followSignIn<ChatGptCredential | undefined>({
    store,
    provider: 'chatgpt',
    title: provider,
    log,
    now,
    // Undefined while there is only a refresh token.
    toView,
    mayAdopt: (stored) => unsavedSince === undefined || stored?.refreshToken?.reveal() !== unsavedSince,
    onAdopt() {
      unsavedSince = undefined;
      backOff = undefined;
    },
  });

  function isExpired(stored: StoredCredential, aheadMs = 0): boolean {
    if (!stored.accessToken) return true;
    if (stored.expiresAtEpochS !== undefined) return stored.expiresAtEpochS * 1000 <= now() + aheadMs;
    if (aheadMs === 0 || stored.lastRefreshEpochS === undefined) return false;
    return stored.lastRefreshEpochS * 1000 + unknownExpiryAgeMs <= now();
  }

  function isDead({ refreshToken }: StoredCredential): boolean {
    return !refreshToken || deadTokens.has(refreshToken.reveal());
  }

  /** What memory has, if it can be sent. */
  function usable(): ChatGptCredential | undefined {
    if (!signIn.held?.view || isExpired(signIn.held.stored)) return undefined;
    return signIn.held.view.accessToken.reveal() === rejectedToken ? undefined : signIn.held.view;
  }

  /** Joins the refresh under way, or starts one. `rejected`: the access token that will not do, however long it is valid. */
  function refresh(aheadMs: number, rejected?: Secret): Promise<void> {
    refreshing ??= refreshUnderLock(aheadMs, rejected?.reveal()).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function refreshUnderLock(aheadMs: number, rejected: string | undefined): Promise<void> {
    if (signIn.held && isDead(signIn.held.stored)) {
      // Only a sign-in elsewhere helps now. Nothing is asked of the server for a token it has refused.
      await signIn.look();
      if (signIn.held && isDead(signIn.held.stored)) throw new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
    }
    if (backOff && now() < backOff.untilMs) throw unreachable(backOff.reason, backOff.untilMs - now());

    let renewed: StoredCredential | undefined;
    let fileToken: string | undefined;
    try {
      await store.update('chatgpt', async (stored) => {
        signIn.adopt(stored);
        fileToken = stored?.refreshToken?.reveal();
        if (!signIn.held) throw new OpenCompatError('OC_NO_CREDENTIALS', { provider });
        if (!isExpired(signIn.held.stored, aheadMs) && signIn.held.stored.accessToken?.reveal() !== rejected) {
          if (unsavedSince === undefined) return stored;
          renewed = signIn.held.stored;
          return renewed;
        }
        if (isDead(signIn.held.stored)) throw new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
        renewed = await askForTokens(signIn.held.stored);
        return renewed ?? stored;
      });
    } catch (error) {
      if (!renewed) throw toPublicError(error, log);
      // The old token is spent and the new one is only here: serve with it, and say what a restart would cost.
      if (unsavedSince === undefined) {
        log.error('a refreshed ChatGPT token could not be saved: after a restart, sign in again', {
          reason: (error as Error).message,
        });
      }
      unsavedSince ??= fileToken;
      signIn.hold(renewed);
      return;
    }
    if (!renewed) return;
    if (unsavedSince !== undefined) log.info('the refreshed ChatGPT token is saved now');
    unsavedSince = undefined;
    signIn.hold(renewed);
  }

  /** @returns undefined when the file turned out to hold a newer token, which is then held */
  async function askForTokens(stored: StoredCredential): Promise<StoredCredential | undefined> {
    const outcome = await requestRefresh(client, stored.refreshToken!);
    switch (outcome.kind) {
      case 'renewed': {
        const next = applyTokens(stored, outcome.tokens, now());
        if (hasSameAccessToken(next, stored)) startBackOff('the sign-in server gave no new access token');
        else if (isExpired(next)) startBackOff("the new token has ended already; check this machine's clock");
        else backOff = undefined;
        renewedAtMs = now();
        log.info('refreshed the ChatGPT sign-in', { expiresAt: toTime(next.expiresAtEpochS) });
        return next;
      }
      case 'permanent': {
        remember(deadTokens, stored.refreshToken!.reveal());
        if (outcome.isReused) {
          // Someone who does not share our lock may have been first, and have written what they got.
          signIn.adopt(await store.read('chatgpt'));
          if (signIn.held && !isDead(signIn.held.stored))
            return isExpired(signIn.held.stored) ? askForTokens(signIn.held.stored) : undefined;
        }
        log.error('the ChatGPT sign-in has ended: run `opencompat login`', { reason: outcome.reason });
        throw new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
      }
      case 'transient': {
        const delayMs = startBackOff(outcome.reason, outcome.retryAfterS);
        log.warn('the ChatGPT sign-in could not be refreshed', { reason: outcome.reason, retryInMs: delayMs });
        throw unreachable(outcome.reason, delayMs);
      }
      default:
        return outcome satisfies never;
    }
  }

  function startBackOff(reason: string, retryAfterS?: number): number {
    const doubledMs = backOff ? backOff.delayMs * 2 : firstBackOffMs;
    const delayMs = Math.min(maxBackOffMs, retryAfterS === undefined ? doubledMs : retryAfterS * 1000);
    backOff = { untilMs: now() + delayMs, delayMs, reason };
    return delayMs;
  }

  function noUsable(): OpenCompatError {
    if (signIn.held) {
      return backOff && now() < backOff.untilMs
        ? unreachable(backOff.reason, backOff.untilMs - now())
        : new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
    }
    if (signIn.fault) return new OpenCompatError('OC_CREDENTIALS_UNREADABLE', {}, { cause: signIn.fault });
    return new OpenCompatError('OC_NO_CREDENTIALS', { provider });
  }

  async function get(): Promise<ChatGptCredential> {
    if (!usable()) await signIn.look();
    else void signIn.lookNowAndThen();

    // Tokens that live for less than that are not refreshed for each request.
    const aheadMs = now() - renewedAtMs < youngTokenMs ? 0 : requestAheadMs;
    if (signIn.held && isExpired(signIn.held.stored, aheadMs) && !(usable() && isDead(signIn.held.stored))) {
      try {
        await refresh(aheadMs);
      } catch (error) {
        // A token that is still valid for a minute serves for a minute.
        const current = usable();
        if (!current) throw error;
        return current;
      }
    }
    const current = usable();
    if (!current) throw noUsable();
    return current;
  }

  async function renew(rejected: Secret): Promise<ChatGptCredential> {
    const isBetter = (view: ChatGptCredential | undefined) => view && view.accessToken.reveal() !== rejected.reveal();
    // Whatever is already under way brings an answer to this, too.
    await refreshing?.catch(() => {});
    const current = usable();
    if (current && isBetter(current)) return current;

    const account = signIn.held?.view?.accountId;
    await signIn.look();
    const adopted = usable();
    if (adopted && isBetter(adopted)) return sameAccount(adopted, account);

    youngRejections = now() - renewedAtMs < youngTokenMs ? youngRejections + 1 : 0;
    if (youngRejections > maxYoungRejections) {
      log.error('ChatGPT rejects a token that was just refreshed: run `opencompat login`');
      throw new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
    }
    try {
      await refresh(0, rejected);
    } catch (error) {
      if (error instanceof OpenCompatError && error.code === 'OC_SIGN_IN_AGAIN') rejectedToken = rejected.reveal();
      throw error;
    }
    const renewed = usable();
    if (!renewed || !isBetter(renewed)) throw noUsable();
    return sameAccount(renewed, account);
  }

  return {
    exists: signIn.exists,
    isUnreadable: signIn.isUnreadable,
    peek() {
      if (!signIn.held?.view) return undefined;
      return usable() ?? (isDead(signIn.held.stored) ? undefined : signIn.held.view);
    },
    get,
    renew,
    async refreshIfDue() {
      try {
        await signIn.look();
        const isDue = signIn.held && (isExpired(signIn.held.stored, scheduleAheadMs) || unsavedSince !== undefined);
        if (signIn.held && isDue && !isDead(signIn.held.stored)) await refresh(scheduleAheadMs);
      } catch (error) {
        if (log.isDebug) log.debug('scheduled refresh of ChatGPT failed', { reason: (error as Error).message });
      }
    },
    lookNowAndThen: signIn.lookNowAndThen,
    close: signIn.close,
  };
}

/**
 * Asks for the successor of a refresh token. After a failure of the network it is unknown whether the server has acted,
 * so the same token is tried once more at once.
 */
async function requestRefresh(client: AuthClient, refreshToken: Secret): Promise<RefreshOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return interpretRefresh(await sendRefresh(client, refreshToken));
    } catch (error) {
      if (attempt === 2) return { kind: 'transient', reason: describeNetworkError(error) };
    }
  }
}

function describeNetworkError(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return 'the sign-in server did not answer in time';
  return `the connection to the sign-in server failed (${(cause as NodeJS.ErrnoException | undefined)?.code ?? name})`;
}

/** Part of a turn may be bound to the account it began with, so a request is never repeated under another one. */
function sameAccount(credential: ChatGptCredential, account: string | undefined): ChatGptCredential {
  if (account === undefined || credential.accountId === account) return credential;
  throw new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: 'The server was signed in to another ChatGPT account while the request was under way. Send it again.',
  });
}

function unreachable(reason: string, waitMs: number): OpenCompatError {
  return new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider, reason }, { retryAfterS: waitMs / 1000 });
}

function toPublicError(error: unknown, log: Logger): OpenCompatError {
  if (error instanceof OpenCompatError) return error;
  log.error('the credential file cannot be used', { reason: (error as Error).message });
  return new OpenCompatError('OC_CREDENTIALS_UNREADABLE', {}, { cause: error });
}

function toView(stored: StoredCredential): ChatGptCredential | undefined {
  const { accessToken, idToken, accountId, email, expiresAtEpochS } = stored;
  if (!accessToken) return undefined;
  const access = decodeTokenClaims(accessToken.reveal());
  const id = decodeTokenClaims(idToken?.reveal());
  return Object.freeze({
    accessToken,
    accountId,
    isFedramp: access.isFedramp || id.isFedramp,
    email,
    planType: access.planType ?? id.planType,
    expiresAtEpochS,
  });
}

function remember(tokens: Set<string>, token: string): void {
  tokens.add(token);
  if (tokens.size > maxDeadTokens) tokens.delete(tokens.values().next().value!);
}

function toTime(epochS: number | undefined): string | undefined {
  return epochS === undefined ? undefined : new Date(epochS * 1000).toISOString();
}
