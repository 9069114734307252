/**
 * How ChatGPT's access token is renewed. Refresh tokens are single-use, and using one twice ends the whole sign-in; so the
 * store's lock is held across processes, the file is read again under it, and what another process wrote is adopted
 * instead of asked for.
 */
import type { Asker } from '../../auth/back-off.ts';
import type { StoredCredential } from '../../auth/credential-file.ts';
import type { CredentialStore } from '../../auth/credential-store.ts';
import { hasSameAccessToken } from '../../auth/followed-sign-in.ts';
import type { HeldToken, Renewal, TokenKeeper } from '../../auth/token-keeper.ts';
import { OpenCompatError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { describeNetworkError } from '../../outgoing/network-errors.ts';
import type { Secret } from '../../secret.ts';
import type { ChatGptCredential } from './credential.ts';
import { type AuthClient, applyTokens, interpretRefresh, type RefreshOutcome, sendRefresh } from './oauth.ts';

/** A request refreshes first when the access token ends within this. */
const requestAheadMs = 5 * 60_000;
/** The schedule refreshes earlier, so that a request hardly ever has to. */
const scheduleAheadMs = 15 * 60_000;
/** A token without a time of expiry is refreshed at this age, as in Codex. */
const unknownExpiryAgeMs = 8 * 24 * 60 * 60_000;

export interface ChatGptRenewalOptions {
  keeper: TokenKeeper<ChatGptCredential | undefined, ChatGptCredential>;
  client: AuthClient;
  store: CredentialStore;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

export class ChatGptRenewal implements Renewal<ChatGptCredential> {
  readonly #options: ChatGptRenewalOptions;
  /** The refresh token that the file still has because its successor could not be written. */
  #unsavedSince: string | undefined;

  constructor(options: ChatGptRenewalOptions) {
    this.#options = options;
  }

  get #stored(): StoredCredential | undefined {
    return this.#options.keeper.signIn.held?.stored;
  }

  current(): HeldToken<ChatGptCredential> | undefined {
    const { stored, view } = this.#options.keeper.signIn.held ?? {};
    if (!stored || !view || this.#isExpired(stored)) return undefined;
    return { token: view.accessToken, value: view };
  }

  source(): Secret | undefined {
    return this.#stored?.refreshToken;
  }

  isDue(asker: Asker): boolean {
    const stored = this.#stored;
    if (!stored) return false;
    return this.#isExpired(stored, this.#aheadMs(asker)) || (asker === 'schedule' && this.#unsavedSince !== undefined);
  }

  /** Is the current sign-in held in memory only? */
  get isUnsaved(): boolean {
    return this.#unsavedSince !== undefined;
  }

  /** Is the file known to be older than memory? */
  isOlder(stored: StoredCredential | undefined): boolean {
    return this.#unsavedSince !== undefined && stored?.refreshToken?.reveal() === this.#unsavedSince;
  }

  /** Another process has written a newer sign-in. */
  forgetUnsaved(): void {
    this.#unsavedSince = undefined;
  }

  async renew(asker: Asker, rejected: string | undefined): Promise<undefined> {
    const { store, keeper } = this.#options;
    const aheadMs = rejected === undefined ? this.#aheadMs(asker) : 0;
    let renewed: StoredCredential | undefined;
    let fileToken: string | undefined;
    try {
      await store.update('chatgpt', async (stored) => {
        fileToken = stored?.refreshToken?.reveal();
        keeper.signIn.adopt(stored);
        renewed = await this.#renewHeld(aheadMs, rejected);
        return renewed ?? stored;
      });
    } catch (error) {
      if (!renewed) throw this.#toPublicError(error);
      this.#keepUnsaved(fileToken, error as Error);
      keeper.signIn.hold(renewed);
      return;
    }
    if (!renewed) return;
    if (this.#unsavedSince !== undefined) this.#options.log.info('the refreshed ChatGPT token is saved now');
    this.#unsavedSince = undefined;
    keeper.signIn.hold(renewed);
  }

  /** @returns the sign-in to write; undefined if the file has it already */
  async #renewHeld(aheadMs: number, rejected: string | undefined): Promise<StoredCredential | undefined> {
    const { keeper } = this.#options;
    const held = this.#stored;
    if (!held) throw keeper.whyNot();
    const isGood = !this.#isExpired(held, aheadMs) && held.accessToken?.reveal() !== rejected;
    if (isGood) return this.#unsavedSince === undefined ? undefined : held;
    if (keeper.isDead()) throw keeper.signInAgain();
    return this.#askForTokens(held);
  }

  /** @returns undefined when the file turned out to hold a newer token, which is then held */
  async #askForTokens(stored: StoredCredential): Promise<StoredCredential | undefined> {
    const { client, keeper, log } = this.#options;
    const outcome = await requestRefresh(client, stored.refreshToken!);
    switch (outcome.kind) {
      case 'renewed':
        return this.#take(stored, outcome);
      case 'permanent':
        keeper.bury(stored.refreshToken!);
        if (outcome.isReused) {
          // Another program, without our lock, may have refreshed first and saved its tokens.
          keeper.signIn.adopt(await this.#options.store.read('chatgpt'));
          const adopted = this.#stored;
          if (adopted && !keeper.isDead()) return this.#isExpired(adopted) ? this.#askForTokens(adopted) : undefined;
        }
        log.error('the ChatGPT sign-in has ended: run `opencompat login`', { reason: outcome.reason });
        throw keeper.signInAgain();
      case 'transient': {
        const toldMs = outcome.retryAfterS === undefined ? undefined : outcome.retryAfterS * 1000;
        const error = keeper.rest(keeper.unreachable(outcome.reason), toldMs);
        log.warn('the ChatGPT sign-in could not be refreshed', {
          reason: outcome.reason,
          retryInS: error.headers['retry-after'],
        });
        throw error;
      }
      default:
        return outcome satisfies never;
    }
  }

  #take(stored: StoredCredential, { tokens }: Extract<RefreshOutcome, { kind: 'renewed' }>): StoredCredential {
    const { keeper, log, now } = this.#options;
    const next = applyTokens(stored, tokens, now());
    if (hasSameAccessToken(next, stored)) keeper.renewed('the sign-in server gave no new access token');
    else if (this.#isExpired(next)) keeper.renewed("the new token has ended already; check this machine's clock");
    else keeper.renewed();
    log.info('refreshed the ChatGPT sign-in', { expiresAt: toTime(next.expiresAtEpochS) });
    return next;
  }

  /** The old token is spent, and only memory holds the new one: serve with it, and warn that a restart would lose it. */
  #keepUnsaved(fileToken: string | undefined, error: Error): void {
    if (this.#unsavedSince === undefined) {
      this.#options.log.error('a refreshed ChatGPT token could not be saved: after a restart, sign in again', {
        reason: error.message,
      });
    }
    this.#unsavedSince ??= fileToken;
  }

  #aheadMs(asker: Asker): number {
    if (asker === 'schedule') return scheduleAheadMs;
    // Tokens that live for less than that are not refreshed for each request.
    return this.#options.keeper.isYoung() ? 0 : requestAheadMs;
  }

  #isExpired(stored: StoredCredential, aheadMs = 0): boolean {
    const nowMs = this.#options.now();
    if (!stored.accessToken) return true;
    if (stored.expiresAtEpochS !== undefined) return stored.expiresAtEpochS * 1000 <= nowMs + aheadMs;
    if (aheadMs === 0 || stored.lastRefreshEpochS === undefined) return false;
    return stored.lastRefreshEpochS * 1000 + unknownExpiryAgeMs <= nowMs;
  }

  #toPublicError(error: unknown): OpenCompatError {
    if (error instanceof OpenCompatError) return error;
    this.#options.log.error('the credential file cannot be used', { reason: (error as Error).message });
    return new OpenCompatError('OC_CREDENTIALS_UNREADABLE', {}, { cause: error });
  }
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
      if (attempt === 2) return { kind: 'transient', reason: describeFailure(error) };
    }
  }
}

function describeFailure(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'the sign-in server did not answer in time';
  return `the connection to the sign-in server failed: ${describeNetworkError(error)}`;
}

function toTime(epochS: number | undefined): string | undefined {
  return epochS === undefined ? undefined : new Date(epochS * 1000).toISOString();
}
