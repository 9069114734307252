import type { Outcome } from '../chain/hooks.ts';
import { type ErrorCode, type ErrorRow, errorTable } from '../error-table.ts';

/** What the operator can do about a failure that has no more exact advice. */
const byOutcome: Readonly<Record<Exclude<Outcome, 'ok'>, string>> = {
  incomplete: 'The answer reached its limit of tokens: let the client ask for more, or for less.',
  refused: 'The model itself declined. There is nothing to repair here.',
  filtered: 'The provider’s content filter stopped it. There is nothing to repair here.',
  rejected: 'The request was at fault: the reason names what the client has to send instead.',
  limited: 'Wait until the limit is reset, or give the alias a further model to turn to.',
  'signed-out': 'Sign in to the provider again, or correct its key in the configuration.',
  'upstream-failed': 'The provider failed. An alias with several models turns to the next one by itself.',
  failed: 'The server itself failed: its log tells the details under the request’s id.',
  'client-left': 'The client gave up. If that happens often, its timeout is shorter than the model takes.',
  stopped: 'The server was shutting down. A longer `shutdownGrace` lets requests end.',
};

const byError: Partial<Record<ErrorCode, string>> = {
  OC_KEY_REQUEST_LIMIT: 'Raise the limit of this client key, or wait until its window begins anew.',
  OC_KEY_TOKEN_LIMIT: 'Raise the limit of this client key, or wait until its window begins anew.',
  OC_KEY_COST_LIMIT: 'Raise the limit of this client key, or wait until its window begins anew.',
  OC_QUOTA_RESERVED:
    'Lower the `reserve` of the provider, wait until the window is renewed, or give the alias a further model.',
  OC_RATE_LIMITED: 'One client sends many requests: raise `rateLimit` if that is meant to be.',
  OC_MODEL_NOT_FOUND: 'The client names a model that nobody here has: add an alias of that name.',
  OC_UPSTREAM_UNREACHABLE: 'Check the provider’s base URL, and the way out: DNS, proxy, firewall.',
};

/** @param error as the log names it */
export function adviceOn(outcome: string, error: string | null): string {
  const code = error as ErrorCode;
  const { next } = (errorTable[code] ?? {}) as Partial<ErrorRow>;
  // One with details to be filled in is part of the reason already.
  const isPlain = next !== undefined && !next.includes('{');
  return byError[code] ?? (isPlain ? next : undefined) ?? byOutcome[outcome as keyof typeof byOutcome] ?? '';
}
