import type { Readiness } from './provider.ts';

/** What is known of a sign-in without I/O. */
export interface KnownSignIn {
  /** Undefined when there is nothing, or nothing that can still work. */
  peek(): unknown;
  /** Is there a sign-in at all, working or not? */
  exists(): boolean;
  /** Is there a file, of which nothing could be read? */
  isUnreadable(): boolean;
  /** Was it renewed, and could not be saved? Default: never. */
  isUnsaved?(): boolean;
}

/** How a provider stands that is ready once somebody has signed in. @param login what a person types to sign in */
export function readinessOf(signIn: KnownSignIn, { title, login }: { title: string; login: string }): Readiness {
  if (signIn.peek() !== undefined) {
    const warning = `The renewed sign-in to ${title} could not be saved: a restart would end it. The log says why.`;
    return { isReady: true, hasCredentials: true, ...(signIn.isUnsaved?.() && { warning }) };
  }
  if (signIn.isUnreadable()) {
    // The sign-in may well be in it.
    return { isReady: false, hasCredentials: true, reason: 'The credential file cannot be used: the log says why.' };
  }
  const hasCredentials = signIn.exists();
  const state = hasCredentials ? `The sign-in to ${title} no longer works` : `The server is not signed in to ${title}`;
  return { isReady: false, hasCredentials, reason: `${state}: run \`${login}\`.` };
}
