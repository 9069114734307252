import type { Quota } from '../canonical/quota.ts';
import type { QuotaBook } from '../quota/quota-book.ts';
import type { Exchange } from './middleware.ts';
/** Keeps what an answer to an exchange has told of its provider's quota. */
export declare function noteQuota(exchange: Exchange, quota: Quota | undefined, quotas: QuotaBook): void;
