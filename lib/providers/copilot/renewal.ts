/** How a Copilot token is renewed: the GitHub token is exchanged for the next one, which lives in memory only. */
import { createHash } from 'node:crypto';
import type { StoredCredential } from '../../auth/credential-file.ts';
import type { HeldToken, Renewal, TokenKeeper } from '../../auth/token-keeper.ts';
import { OpenCompatError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { describeNetworkError } from '../../outgoing/network-errors.ts';
import type { Secret } from '../../secret.ts';
import {
  type CopilotToken,
  type GitHubClient,
  interpretTokenExchange,
  sendTokenExchange,
  type TokenExchange,
} from './github-oauth.ts';
import { copilotLogin } from './names.ts';

/** A token is replaced this long before it should be. */
const aheadMs = 60_000;
/** An account without access may get it soon, but not within seconds. */
const forbiddenBackOffMs = 60_000;

export interface CopilotRenewalOptions {
  keeper: TokenKeeper<CopilotAccountView | undefined, CopilotToken>;
  client: GitHubClient;
  /** Those that say which editor asks. */
  headers: Readonly<Record<string, string>>;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

/** What is read of a stored sign-in. */
export interface CopilotAccountView {
  gitHubToken: Secret;
  /** Identifies the account without revealing it. */
  account: string;
}

export function toAccountView({ refreshToken, accessToken }: StoredCredential): CopilotAccountView | undefined {
  // OpenCompat 1.x and other programs store it in this field.
  const gitHubToken = refreshToken ?? accessToken;
  if (!gitHubToken) return undefined;
  return { gitHubToken, account: createHash('sha256').update(gitHubToken.reveal()).digest('hex') };
}

/** A token, and what it was got with. */
interface Received {
  gitHubToken: string;
  token: CopilotToken;
  atMs: number;
}

export class CopilotRenewal implements Renewal<CopilotToken> {
  readonly #options: CopilotRenewalOptions;
  #received: Received | undefined;

  constructor(options: CopilotRenewalOptions) {
    this.#options = options;
  }

  /** The token, if it belongs to the account that is signed in now. It is used until the backend refuses it. */
  current(): HeldToken<CopilotToken> | undefined {
    const { gitHubToken, token } = this.#received ?? {};
    return token && gitHubToken === this.source()?.reveal() ? toHeld(token) : undefined;
  }

  source(): Secret | undefined {
    return this.#options.keeper.signIn.held?.view?.gitHubToken;
  }

  isDue(): boolean {
    if (!this.#received || !this.current()) return true;
    const { token, atMs } = this.#received;
    const nowMs = this.#options.now();
    return nowMs >= atMs + token.refreshInS * 1000 - aheadMs || nowMs < atMs;
  }

  forget(): void {
    this.#received = undefined;
  }

  async renew(): Promise<HeldToken<CopilotToken>> {
    const { keeper, log } = this.#options;
    const gitHubToken = this.source()!;
    const outcome = await this.#exchange(gitHubToken);
    // Someone signed out, or in to another account, while GitHub was asked: the answer is of no use to those who wait for
    // the next account's, and says nothing about it.
    const isStillIt = this.source()?.reveal() === gitHubToken.reveal();
    switch (outcome.kind) {
      case 'granted':
        if (isStillIt) this.#receive(gitHubToken, outcome.token);
        return toHeld(outcome.token);
      case 'revoked':
        keeper.bury(gitHubToken);
        if (isStillIt) this.forget();
        log.error(`the GitHub token is not valid any more: run \`${copilotLogin}\``);
        throw keeper.signInAgain();
      case 'forbidden': {
        const { reason } = outcome;
        log.error('GitHub gives no access to Copilot', { reason });
        const error = new OpenCompatError('OC_FORBIDDEN', { reason }, { publicCode: 'copilot_no_access' });
        if (isStillIt) keeper.rest(error, forbiddenBackOffMs);
        throw error;
      }
      case 'transient':
        throw this.#toFailure(outcome, isStillIt);
      default:
        return outcome satisfies never;
    }
  }

  #receive(gitHubToken: Secret, token: CopilotToken): void {
    const { keeper, log, now } = this.#options;
    this.#received = { gitHubToken: gitHubToken.reveal(), token, atMs: now() };
    keeper.renewed();
    if (log.isDebug) log.debug('got a Copilot token', { sku: token.sku, refreshInS: token.refreshInS });
  }

  #toFailure(
    { reason, retryAfterS }: Extract<TokenExchange, { kind: 'transient' }>,
    isStillIt: boolean,
  ): OpenCompatError {
    const { keeper, log } = this.#options;
    const toldMs = retryAfterS === undefined ? undefined : retryAfterS * 1000;
    const unreachable = keeper.unreachable(reason);
    const error = isStillIt ? keeper.rest(unreachable, toldMs) : unreachable;
    log.warn('the exchange for a Copilot token failed', { reason, retryInS: error.headers['retry-after'] });
    return error;
  }

  async #exchange(gitHubToken: Secret): Promise<TokenExchange> {
    const { client, headers, now } = this.#options;
    try {
      return interpretTokenExchange(await sendTokenExchange(client, gitHubToken, headers), now());
    } catch (error) {
      return { kind: 'transient', reason: describeNetworkError(error) };
    }
  }
}

function toHeld(token: CopilotToken): HeldToken<CopilotToken> {
  return { token: token.token, value: token };
}
