import type { Readiness } from './provider.ts';

/** The state of a sign-in that is known without I/O. */
export interface KnownSignIn {
  /** Undefined without a sign-in that may still work. */
  peek(): unknown;
  /** Is there a sign-in at all, working or not? */
  exists(): boolean;
  /** Is there a credential file that could not be read? */
  isUnreadable(): boolean;
  /** Was it renewed, and could not be saved? Default: never. */
  isUnsaved?(): boolean;
  /** When it was made or last refreshed, in Unix milliseconds. */
  renewedAtMs?(): number | undefined;
}

/** The readiness of a provider that needs a sign-in. @param login the command that signs in */
export function readinessOf(signIn: KnownSignIn, { title, login }: { title: string; login: string }): Readiness {
  const renewedAtMs = signIn.renewedAtMs?.();
  const age = renewedAtMs !== undefined && { renewedAtMs };
  if (signIn.peek() !== undefined) {
    const warning = `The renewed sign-in to ${title} could not be saved: a restart would end it. The log says why.`;
    return { isReady: true, hasCredentials: true, ...age, ...(signIn.isUnsaved?.() && { warning }) };
  }
  if (signIn.isUnreadable()) {
    // The sign-in may well be in it.
    return { isReady: false, hasCredentials: true, reason: 'The credential file cannot be used: the log says why.' };
  }
  const hasCredentials = signIn.exists();
  const state = hasCredentials ? `The sign-in to ${title} no longer works` : `The server is not signed in to ${title}`;
  return { isReady: false, hasCredentials, ...age, reason: `${state}: run \`${login}\`.` };
}
