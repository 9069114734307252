import { join } from 'node:path';
import type { Logger } from '../log.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { type CredentialStore, credentialFileName, FileCredentialStore } from './credential-store.ts';
import { RedisCredentialStore } from './redis-credential-store.ts';

/** Opens the configured credential store: Redis, or the file in the data directory. */
export function openCredentialStore(options: {
  config: { readonly dataDir: string };
  log: Logger;
  redis: RedisConnection | undefined;
}): CredentialStore {
  const { config, log, redis } = options;
  const file = new FileCredentialStore({ path: join(config.dataDir, credentialFileName), log });
  return redis ? new RedisCredentialStore({ redis, file, log }) : file;
}
