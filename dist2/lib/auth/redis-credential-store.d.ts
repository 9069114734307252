import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type CredentialProvider, type StoredCredential } from './credential-file.ts';
import type { CredentialStore } from './credential-store.ts';
export interface RedisCredentialStoreOptions {
    redis: RedisConnection;
    /** This server's own file, read for a provider that Redis has no entry for. */
    file: CredentialStore;
    log: Logger;
}
type Change = (current: StoredCredential | undefined) => Promise<StoredCredential | undefined>;
export declare class RedisCredentialStore implements CredentialStore {
    #private;
    readonly path: string;
    constructor(options: RedisCredentialStoreOptions);
    read(provider: CredentialProvider): Promise<StoredCredential | undefined>;
    update(provider: CredentialProvider, change: Change): Promise<void>;
    hasEntry(provider: CredentialProvider): Promise<boolean>;
    readSeedHash(provider: CredentialProvider): Promise<string | undefined>;
    writeSeedHash(provider: CredentialProvider, hash: string): Promise<void>;
    checkWritable(): Promise<void>;
    stamp(provider: CredentialProvider): Promise<string>;
}
export {};
