/**
 * Keeps a provider's token valid: hands it out while it can be sent, renews it once for all callers that wait, adopts a newer
 * one from another process, and never renews with a dead refresh token.
 */
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Secret } from '../secret.ts';
import { type Asker, BackOff } from './back-off.ts';
import type { StoredCredential } from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';
import { type FollowedSignIn, followSignIn } from './followed-sign-in.ts';

/** A token that is rejected this soon after it was got here is young. */
const youngTokenMs = 60_000;
/** After this many young tokens rejected in a row, another new one will not help. */
const maxYoungRejections = 3;
/** Most dead tokens that are remembered. */
const maxDeadTokens = 16;

export interface HeldToken<T> {
  readonly token: Secret;
  /** The value that a request gets. */
  readonly value: T;
}

/** The provider's part: the state of its token, and its renewal. */
export interface Renewal<T> {
  /** The token in memory, if it is still valid as far as is known here. */
  current(): HeldToken<T> | undefined;
  /** The credential that renews the token; undefined: it cannot be renewed. */
  source(): Secret | undefined;
  /** Should it be renewed now, even if it can still be sent? */
  isDue(asker: Asker): boolean;
  /**
   * Renews the token, and puts it where `current` finds it. Reports the outcome to the keeper (`bury`, `rest`, `renewed`).
   * @param rejected the token that the upstream rejected, even if it has not expired
   * @returns the new token, where it differs from `current`
   * @throws OpenCompatError
   */
  renew(asker: Asker, rejected: string | undefined): Promise<HeldToken<T> | undefined>;
}

export interface TokenKeeperOptions<View> {
  store: CredentialStore;
  /** The provider's name in the store. */
  provider: string;
  /** For messages and the log: "ChatGPT". */
  title: string;
  /** The command that signs in. */
  login: string;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
  /** Reads a stored sign-in. */
  toView(stored: StoredCredential): View;
  /** false: the file is known to be older than memory. Default: always true. */
  mayAdopt?(stored: StoredCredential | undefined): boolean;
  /** Called when a renewal has ended. */
  onRenewal?(isGood: boolean): void;
  /** Called before another sign-in replaces the current one. */
  onAdopt?(): void;
}

/**
 * The state of the token. `absent`: there is no sign-in. `unreadable`: the file cannot be read. `good`: it can be sent.
 * `resting`: it cannot be sent, and the sign-in server has just failed. `ended`: it must be renewed. `dead`: only a new
 * sign-in helps.
 */
type TokenState = 'absent' | 'unreadable' | 'good' | 'resting' | 'ended' | 'dead';

export class TokenKeeper<View, T> {
  readonly signIn: FollowedSignIn<View>;
  readonly #renewal: Renewal<T>;
  readonly #options: TokenKeeperOptions<View>;
  readonly #backOff: BackOff;
  readonly #deadSources = new Set<string>();
  /** Running renewals, by the credential that they use. */
  readonly #flights = new Map<string, Promise<HeldToken<T>>>();
  /** Was rejected, and cannot be renewed. */
  #refusedToken: string | undefined;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #young = { lastToken: '', count: 0 };

  private constructor(
    options: TokenKeeperOptions<View>,
    signIn: FollowedSignIn<View>,
    describe: (keeper: TokenKeeper<View, T>) => Renewal<T>,
  ) {
    this.#options = options;
    this.signIn = signIn;
    this.#backOff = new BackOff(options.now);
    this.#renewal = describe(this);
  }

  /** Checks the file once before it resolves. */
  static async open<View, T>(
    options: TokenKeeperOptions<View>,
    describe: (keeper: TokenKeeper<View, T>) => Renewal<T>,
  ): Promise<TokenKeeper<View, T>> {
    let keeper: TokenKeeper<View, T> | undefined;
    const onAdopt = () => {
      options.onAdopt?.();
      if (keeper) keeper.#forget();
    };
    const signIn = await followSignIn<View>({ ...options, onAdopt });
    keeper = new TokenKeeper(options, signIn, describe);
    return keeper;
  }

  /** Forgets facts of the previous sign-in. Dead sources stay dead. */
  #forget(): void {
    this.#backOff.end();
    this.#refusedToken = undefined;
    this.#young = { lastToken: '', count: 0 };
  }

  /** Without I/O. */
  get state(): TokenState {
    if (!this.signIn.held) return this.signIn.fault ? 'unreadable' : 'absent';
    if (this.#sendable()) return 'good';
    if (this.isDead()) return 'dead';
    return this.#backOff.errorFor('request') ? 'resting' : 'ended';
  }

  /** Is there no usable credential to renew the token with? */
  isDead(): boolean {
    const source = this.#renewal.source();
    return source === undefined || this.#deadSources.has(source.reveal());
  }

  /** Was the token renewed just now? Then it is used until it expires: it may live for less than the renewal's lead time. */
  isYoung(): boolean {
    return this.#options.now() - this.#renewedAtMs < youngTokenMs;
  }

  #sendable(): HeldToken<T> | undefined {
    const held = this.#renewal.current();
    return held?.token.reveal() === this.#refusedToken ? undefined : held;
  }

  /** When the token was renewed here, else when somebody signed in or renewed it last; in Unix milliseconds. */
  renewedAtMs(): number | undefined {
    if (Number.isFinite(this.#renewedAtMs)) return this.#renewedAtMs;
    const { lastRefreshEpochS } = this.signIn.held?.stored ?? {};
    return lastRefreshEpochS === undefined ? undefined : lastRefreshEpochS * 1000;
  }

  /** The token that can be sent, without I/O. */
  peek(): T | undefined {
    return this.#sendable()?.value;
  }

  /**
   * A token to send. Cheap while the one in memory is good; renews it first when it is about to end.
   * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN, OC_CREDENTIALS_UNREADABLE, OC_UPSTREAM_UNREACHABLE, and
   *   what the provider's `renew` throws
   */
  async get(): Promise<T> {
    if (this.#sendable()) void this.signIn.lookNowAndThen();
    else await this.signIn.look();
    const held = this.#sendable();
    if (held && (!this.#renewal.isDue('request') || this.isDead())) return held.value;
    try {
      return (await this.#renew('request')).value;
    } catch (error) {
      // A token that is valid for another minute is used for that minute.
      const left = this.#sendable();
      if (left) return left.value;
      throw error;
    }
  }

  /**
   * A better token than the one that was answered with 401: what another request or process got meanwhile, else a new
   * one. Undefined when new tokens are rejected too.
   * @throws OpenCompatError as `get`
   */
  async replace(rejected: Secret): Promise<T | undefined> {
    const token = rejected.reveal();
    const better = () => {
      const held = this.#sendable();
      return held && held.token.reveal() !== token ? held : undefined;
    };
    // A running renewal answers this call too.
    await this.#flights.get(this.#renewal.source()?.reveal() ?? '')?.catch(() => {});
    const known = better();
    if (known) return known.value;
    await this.signIn.look();
    const adopted = better();
    if (adopted) return adopted.value;

    if (this.#isYoungAgain(token)) return undefined;
    try {
      const renewed = await this.#renew('request', token);
      if (renewed.token.reveal() !== token) return renewed.value;
    } catch (error) {
      if (error instanceof OpenCompatError && error.code === 'OC_SIGN_IN_AGAIN') this.#refusedToken = token;
      throw error;
    }
    const failure = this.#backOff.errorFor('request');
    if (failure) throw failure;
    return undefined;
  }

  /** Counts tokens rather than requests: many requests may have used the same rejected token. */
  #isYoungAgain(token: string): boolean {
    if (!this.isYoung()) this.#young = { lastToken: token, count: 0 };
    else if (token !== this.#young.lastToken) this.#young = { lastToken: token, count: this.#young.count + 1 };
    return this.#young.count > maxYoungRejections;
  }

  /** Renews the token ahead of requests; for a schedule. Never throws. */
  async renewIfDue(): Promise<void> {
    const { log, title } = this.#options;
    try {
      await this.signIn.look();
      if (this.signIn.held && this.#renewal.isDue('schedule') && !this.isDead()) await this.#renew('schedule');
    } catch (error) {
      if (log.isDebug) log.debug(`scheduled refresh of ${title} failed`, { reason: (error as Error).message });
    }
  }

  /** Joins the renewal under way, or starts one. */
  async #renew(asker: Asker, rejected?: string): Promise<HeldToken<T>> {
    // Without a usable credential only a new sign-in helps; a refused one is never sent again.
    if (this.isDead()) await this.signIn.look();
    if (!this.signIn.held) throw this.whyNot();
    if (this.isDead()) throw this.signInAgain();
    const key = this.#renewal.source()!.reveal();
    const underWay = this.#flights.get(key);
    if (underWay) return underWay;
    const failure = this.#backOff.errorFor(asker);
    if (failure) throw failure;
    const started = this.#fly(asker, rejected).finally(() => this.#flights.delete(key));
    this.#flights.set(key, started);
    return started;
  }

  async #fly(asker: Asker, rejected: string | undefined): Promise<HeldToken<T>> {
    let isGood = false;
    try {
      const renewed = (await this.#renewal.renew(asker, rejected)) ?? this.#sendable();
      if (!renewed) throw this.whyNot();
      isGood = true;
      return renewed;
    } finally {
      this.#options.onRenewal?.(isGood);
    }
  }

  /**
   * The sign-in server has answered with a token.
   * @param fault why the token is unusable, if it is: the next renewal then waits
   */
  renewed(fault?: string): void {
    this.#renewedAtMs = this.#options.now();
    if (fault === undefined) this.#backOff.end();
    else this.rest(this.unreachable(fault));
  }

  /** The credential is refused for good, and never sent again. */
  bury(source: Secret): void {
    this.#deadSources.add(source.reveal());
    if (this.#deadSources.size > maxDeadTokens) this.#deadSources.delete(this.#deadSources.values().next().value!);
  }

  /** Starts a wait before the next request to the server. @returns the error for callers that wait */
  rest(error: OpenCompatError, toldMs?: number): OpenCompatError {
    return error.withRetryAfter(this.#backOff.start(error, toldMs) / 1000);
  }

  /** For a sign-in server that failed, or could not be asked. */
  unreachable(reason: string): OpenCompatError {
    return new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: this.#options.title, reason });
  }

  signInAgain(): OpenCompatError {
    const { title, login } = this.#options;
    return new OpenCompatError('OC_SIGN_IN_AGAIN', { provider: title, login });
  }

  /** The error that says why there is no token to send. */
  whyNot(): OpenCompatError {
    const { title, login } = this.#options;
    switch (this.state) {
      case 'absent':
        return new OpenCompatError('OC_NO_CREDENTIALS', { provider: title, login });
      case 'unreadable':
        return new OpenCompatError('OC_CREDENTIALS_UNREADABLE', {}, { cause: this.signIn.fault });
      default:
        return this.#backOff.errorFor('request') ?? this.signInAgain();
    }
  }
}
