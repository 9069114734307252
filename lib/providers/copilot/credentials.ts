/**
 * Copilot's token, always good. The sign-in is a GitHub token, which does not end and stays in the credential file; the
 * backend takes a token that it is exchanged for, which lasts for half an hour and lives in memory only.
 */
import { createHash } from 'node:crypto';
import type { CredentialStore } from '../../auth/credential-store.ts';
import { followSignIn } from '../../auth/followed-sign-in.ts';
import { OpenCompatError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { describeFetchFailure } from '../../outgoing/fetch-text.ts';
import type { Secret } from '../../secret.ts';
import type { CopilotConfig } from './config.ts';
import {
  type CopilotToken,
  createGitHubClient,
  interpretTokenExchange,
  sendTokenExchange,
  type TokenExchange,
} from './github-oauth.ts';
import { copilotLogin, copilotTitle } from './names.ts';

/** A token is replaced this long before it should be. */
const aheadMs = 60_000;
/** Tokens that are rejected this soon after they were got, so often in a row, are not helped by yet another one. */
const youngTokenMs = 60_000;
const maxYoungRejections = 3;
const firstBackOffMs = 5_000;
const maxBackOffMs = 5 * 60_000;
/** Who has no access now may have it soon, but not in seconds. */
const forbiddenBackOffMs = 60_000;

export interface CopilotCredentials {
  /** Tells the account that is signed in from others; undefined when none is, or none that can still work. No I/O. */
  peek(): string | undefined;
  /** Is there a sign-in at all, working or not? Without I/O. */
  exists(): boolean;
  /** Is there a file, of which nothing could be read? Without I/O. */
  isUnreadable(): boolean;
  /** The GitHub token. @throws OpenCompatError OC_NO_CREDENTIALS, OC_CREDENTIALS_UNREADABLE */
  getGitHubToken(): Promise<Secret>;
  /**
   * A token to send. Cheap while the one in memory is good.
   *
   * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_FORBIDDEN (no Copilot),
   *   OC_UPSTREAM_UNREACHABLE
   */
  get(): Promise<CopilotToken>;
  /**
   * A better token than the one that was answered with 401: what another request got meanwhile, else a new one.
   * Undefined when fresh tokens are rejected too.
   *
   * @throws OpenCompatError as `get`
   */
  renew(rejected: Secret): Promise<CopilotToken | undefined>;
  /** Replaces the token ahead of its end; for a schedule. Never throws. */
  refreshIfDue(): Promise<void>;
  /** Looks for what another process has made of the sign-in; undefined when the last look was just now. Never rejects. */
  lookNowAndThen(): Promise<void> | undefined;
  /** No more looks at the file. */
  close(): void;
}

export interface CopilotCredentialsOptions {
  store: CredentialStore;
  config: Pick<CopilotConfig, 'githubUrl' | 'githubApiUrl' | 'copilotClientId'>;
  /** Those that say which editor asks. */
  headers: Readonly<Record<string, string>>;
  log: Logger;
  fetch?: typeof fetch;
  /** Unix milliseconds. */
  now?: () => number;
}

/** A token, and what it was got with. */
interface Held {
  gitHubToken: string;
  token: CopilotToken;
  receivedAtMs: number;
}

/** No exchange is tried before then; until then, the last one's error stands. */
interface BackOff {
  untilMs: number;
  delayMs: number;
  error: OpenCompatError;
}

export async function createCopilotCredentials(options: CopilotCredentialsOptions): Promise<CopilotCredentials> {
  const { store, config, headers, log, now = Date.now } = options;
  const client = createGitHubClient({ ...config, fetch: options.fetch });

  let held: Held | undefined;
  /** The exchange under way, and the GitHub token that it is for. */
  let exchanging: { gitHubToken: string; ended: Promise<CopilotToken> } | undefined;
  /** The GitHub token that was answered with 401: it is not sent again. */
  let deadToken: string | undefined;
  let backOff: BackOff | undefined;
  /** The last token that the backend refused. */
  let rejectedToken: string | undefined;
  let youngRejections = 0;

  const signIn = await followSignIn({
    store,
    provider: 'copilot',
    title: copilotTitle,
    log,
    now,
    // OpenCompat 1.x and others put it where it does not end.
    toView: ({ refreshToken, accessToken }) => {
      const gitHubToken = refreshToken ?? accessToken;
      return gitHubToken && { gitHubToken, account: createHash('sha256').update(gitHubToken.reveal()).digest('hex') };
    },
    onAdopt() {
      held = undefined;
      deadToken = undefined;
      backOff = undefined;
      youngRejections = 0;
    },
  });

  function isDead(): boolean {
    return signIn.held?.view?.gitHubToken.reveal() === deadToken;
  }

  /** What memory has for the account that is signed in now. */
  function current(): Held | undefined {
    return held && held.gitHubToken === signIn.held?.view?.gitHubToken.reveal() ? held : undefined;
  }

  function isDue({ token, receivedAtMs }: Held): boolean {
    return now() >= receivedAtMs + token.refreshInS * 1000 - aheadMs || now() < receivedAtMs;
  }

  async function getGitHubToken(): Promise<Secret> {
    if (signIn.held?.view && !isDead()) void signIn.lookNowAndThen();
    else await signIn.look();
    const { view } = signIn.held ?? {};
    if (view) return view.gitHubToken;
    if (signIn.fault) throw new OpenCompatError('OC_CREDENTIALS_UNREADABLE', {}, { cause: signIn.fault });
    throw new OpenCompatError('OC_NO_CREDENTIALS', { provider: copilotTitle, login: copilotLogin });
  }

  /** Joins the exchange under way, or starts one. */
  async function exchange(): Promise<CopilotToken> {
    const secret = await getGitHubToken();
    if (isDead()) throw signInAgain();
    if (backOff && now() < backOff.untilMs) throw backOff.error.withRetryAfter((backOff.untilMs - now()) / 1000);
    const gitHubToken = secret.reveal();
    if (exchanging?.gitHubToken === gitHubToken) return exchanging.ended;
    const started = {
      gitHubToken,
      ended: ask(secret).finally(() => {
        if (exchanging === started) exchanging = undefined;
      }),
    };
    exchanging = started;
    return started.ended;
  }

  async function ask(gitHubToken: Secret): Promise<CopilotToken> {
    const outcome = await requestToken(gitHubToken);
    // Someone signed out, or in to another account, while GitHub was asked: the answer is of no use to those who wait for
    // the next account's, and says nothing about it.
    const isStillIt = signIn.held?.view?.gitHubToken.reveal() === gitHubToken.reveal();
    switch (outcome.kind) {
      case 'granted':
        if (isStillIt) {
          held = { gitHubToken: gitHubToken.reveal(), token: outcome.token, receivedAtMs: now() };
          backOff = undefined;
        }
        if (log.isDebug)
          log.debug('got a Copilot token', { sku: outcome.token.sku, refreshInS: outcome.token.refreshInS });
        return outcome.token;
      case 'revoked':
        if (isStillIt) {
          deadToken = gitHubToken.reveal();
          held = undefined;
        }
        log.error(`the GitHub token is not valid any more: run \`${copilotLogin}\``);
        throw signInAgain();
      case 'forbidden': {
        const error = new OpenCompatError(
          'OC_FORBIDDEN',
          { reason: outcome.reason },
          { publicCode: 'copilot_no_access' },
        );
        if (isStillIt) backOff = { untilMs: now() + forbiddenBackOffMs, delayMs: forbiddenBackOffMs, error };
        log.error('GitHub gives no access to Copilot', { reason: outcome.reason });
        throw error;
      }
      case 'transient': {
        const { reason } = outcome;
        const delayMs = toDelay(outcome.retryAfterS);
        const details = { provider: copilotTitle, reason };
        const error = new OpenCompatError('OC_UPSTREAM_UNREACHABLE', details, { retryAfterS: delayMs / 1000 });
        if (isStillIt) backOff = { untilMs: now() + delayMs, delayMs, error };
        log.warn('no Copilot token could be had', { reason, retryInMs: delayMs });
        throw error;
      }
      default:
        return outcome satisfies never;
    }
  }

  function toDelay(retryAfterS: number | undefined): number {
    const doubledMs = backOff ? backOff.delayMs * 2 : firstBackOffMs;
    return Math.min(maxBackOffMs, retryAfterS === undefined ? doubledMs : retryAfterS * 1000);
  }

  async function requestToken(gitHubToken: Secret): Promise<TokenExchange> {
    try {
      return interpretTokenExchange(await sendTokenExchange(client, gitHubToken, headers), now());
    } catch (error) {
      return { kind: 'transient', reason: describeFetchFailure(error) };
    }
  }

  async function get(): Promise<CopilotToken> {
    void signIn.lookNowAndThen();
    const known = current();
    if (!known) return exchange();
    if (!isDue(known)) return known.token;
    try {
      return await exchange();
    } catch (error) {
      // It serves until the backend says otherwise.
      const left = current();
      if (!left) throw error;
      return left.token;
    }
  }

  return {
    peek: () => (isDead() ? undefined : signIn.held?.view?.account),
    exists: signIn.exists,
    isUnreadable: signIn.isUnreadable,
    getGitHubToken,
    get,

    async renew(rejected) {
      const isBetter = (token: CopilotToken) => token.token.reveal() !== rejected.reveal();
      const known = current();
      if (known && isBetter(known.token)) return known.token;
      // Once for each token, however many requests were under way with it.
      if (rejectedToken !== rejected.reveal()) {
        rejectedToken = rejected.reveal();
        const isYoung = known !== undefined && now() - known.receivedAtMs < youngTokenMs;
        youngRejections = isYoung ? youngRejections + 1 : 0;
      }
      if (youngRejections > maxYoungRejections) return undefined;
      const renewed = await exchange();
      return isBetter(renewed) ? renewed : undefined;
    },

    async refreshIfDue() {
      try {
        await signIn.look();
        const known = current();
        if (known ? isDue(known) : signIn.held?.view && !isDead()) await exchange();
      } catch (error) {
        if (log.isDebug) log.debug('scheduled refresh of Copilot failed', { reason: (error as Error).message });
      }
    },

    lookNowAndThen: signIn.lookNowAndThen,
    close: signIn.close,
  };
}

function signInAgain(): OpenCompatError {
  return new OpenCompatError('OC_SIGN_IN_AGAIN', { provider: copilotTitle, login: copilotLogin });
}
