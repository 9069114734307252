import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type CredentialStore } from './credential-store.ts';
/** Opens the configured credential store: Redis, or the file in the data directory. */
export declare function openCredentialStore(options: {
    config: {
        readonly dataDir: string;
    };
    log: Logger;
    redis: RedisConnection | undefined;
}): CredentialStore;
