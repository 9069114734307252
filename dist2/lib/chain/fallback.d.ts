import type { Availability } from '../models/availability.ts';
import type { Exchange } from './middleware.ts';
/**
 * After a failure and before the first byte: switches the exchange to the next model of its alias that can be asked, with a new
 * upstream request. false: no model is left, or no other model could do better.
 */
export declare function turnToFallback(exchange: Exchange, error: unknown, availability: Availability): boolean;
