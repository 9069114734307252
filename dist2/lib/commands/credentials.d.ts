/** Shared by the commands around a sign-in. */
import type { Command } from 'commander';
import type { CredentialStore } from '../auth/credential-store.ts';
import { type LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type Logger } from '../log.ts';
import { type RedisConnection } from '../storage/redis.ts';
/** The configuration's Redis, for as long as the command runs. */
export declare function openCommandRedis(config: Config, log: Logger): Promise<RedisConnection | undefined>;
/** Prints warnings about what a command goes on without. */
export declare function tellUntrusted({ untrustedFile }: LoadedConfig): void;
export declare function openCredentials(program: Command): Promise<{
    config: Config;
    log: Logger;
    store: CredentialStore;
}>;
