/** One provider's sign-in as the credential file has it: held in memory, and followed when another process changes it. */
import type { Logger } from '../log.ts';
import type { CredentialProvider, StoredCredential } from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';

/** Shortest time between two checks of the file while the sign-in in memory is valid. */
const fileCheckMs = 3_000;

export interface FollowedSignIn<View> {
  /** The sign-in in memory. */
  readonly held: { readonly stored: StoredCredential; readonly view: View } | undefined;
  /** Why the file could not be read; undefined if it could. */
  readonly fault: Error | undefined;
  /** Is there a sign-in at all, working or not? */
  exists(): boolean;
  /** Is there a file that could not be read? */
  isUnreadable(): boolean;
  /** Takes a change of the sign-in by this process. */
  hold(stored: StoredCredential | undefined): void;
  /** Takes the file's sign-in if it differs from the one in memory. */
  adopt(stored: StoredCredential | undefined): void;
  /** Checks the file; one check at a time. Never throws. */
  look(): Promise<void>;
  /** The same at intervals; undefined when the last check was just now. Callers that do not wait use the sign-in in memory. */
  lookNowAndThen(): Promise<void> | undefined;
  /** Stops these checks. */
  close(): void;
}

export interface FollowedSignInOptions<View> {
  store: CredentialStore;
  provider: CredentialProvider;
  /** For the log: "ChatGPT". */
  title: string;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
  toView(stored: StoredCredential): View;
  /** false: the file is known to be older than memory. Default: always true. */
  mayAdopt?(stored: StoredCredential | undefined): boolean;
  /** Called before another sign-in is held. */
  onAdopt(): void;
}

/** Checks the file once before it resolves. */
export async function followSignIn<View>(options: FollowedSignInOptions<View>): Promise<FollowedSignIn<View>> {
  const { store, provider, title, log, now, toView, mayAdopt = () => true, onAdopt } = options;
  let held: FollowedSignIn<View>['held'];
  /** Grows with each change of `held`, so that a slow check of the file cannot bring back an old sign-in. */
  let heldVersion = 0;
  let fault: Error | undefined;
  let fileStamp: string | undefined;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let check: Promise<void> | undefined;
  let isClosed = false;

  function hold(stored: StoredCredential | undefined): void {
    held = stored && { stored, view: toView(stored) };
    heldVersion++;
  }

  function adopt(stored: StoredCredential | undefined): void {
    if (!mayAdopt(stored)) return;
    if (held && stored ? hasSameTokens(held.stored, stored) : held === stored) return;
    if (held) log.info(stored ? `another process changed the ${title} sign-in` : `the ${title} sign-in was removed`);
    onAdopt();
    hold(stored);
  }

  async function checkFile(): Promise<void> {
    checkedAtMs = now();
    const versionBefore = heldVersion;
    const stamp = await store.stamp(provider);
    if (stamp === fileStamp) return;
    try {
      const stored = await store.read(provider);
      if (heldVersion !== versionBefore) return;
      adopt(stored);
      fault = undefined;
    } catch (error) {
      // The sign-in in memory stays in use.
      fault = error as Error;
      log.error('the credential file cannot be used', { reason: fault.message });
    }
    fileStamp = stamp;
  }

  function look(): Promise<void> {
    check ??= checkFile().finally(() => {
      check = undefined;
    });
    return check;
  }

  await look();
  return {
    get held() {
      return held;
    },
    get fault() {
      return fault;
    },
    exists: () => held !== undefined || fault !== undefined,
    isUnreadable: () => held === undefined && fault !== undefined,
    hold,
    adopt,
    look,
    lookNowAndThen() {
      return !isClosed && now() - checkedAtMs >= fileCheckMs ? look() : undefined;
    },
    close() {
      isClosed = true;
    },
  };
}

export function hasSameAccessToken(a: StoredCredential, b: StoredCredential): boolean {
  return a.accessToken?.reveal() === b.accessToken?.reveal();
}

function hasSameTokens(a: StoredCredential, b: StoredCredential): boolean {
  return hasSameAccessToken(a, b) && a.refreshToken?.reveal() === b.refreshToken?.reveal();
}
