/** Holds an exchange to the limits of its client key. */
import type { Response } from 'express';
import { type KeyCharging } from '../usage/key-limits.ts';
import type { Exchange } from './middleware.ts';
/**
 * Counts what the exchange will use against the limits of its key, and what it has used when it is over. What an answer has
 * used that nobody tells (its client left) stays as it was estimated.
 * @throws OpenCompatError for a limit that is reached
 */
export declare function chargeKey(exchange: Exchange, res: Response, { counts, costOf }: KeyCharging): Promise<void>;
/** In OpenAI's headers, unless they already tell of less. */
export declare function tellLimit(res: Response, measure: 'requests' | 'tokens', limit: number, remaining: number, resetMs: number): void;
/** A duration as OpenAI writes it in its headers: `6m0s`, `1s`, `20ms`. */
export declare function formatReset(ms: number): string;
