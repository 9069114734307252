/** The end of a stream of which nothing is known but its API. */
import { type PublicError } from '../errors.ts';
import type { ClientApi } from './api.ts';
/** The event that ends a stream whose rest is lost. @param events that have come @param id of the request */
export declare function lossOf(api: ClientApi, events: number, reason: string, id: string): string;
export declare function keepaliveOf(api: ClientApi): string;
export declare function lostAfter(events: number, reason: string): PublicError;
