/** Shared by the commands around a sign-in. */
import type { Command } from 'commander';
import type { CredentialStore } from '../auth/credential-store.ts';
import { openCredentialStore } from '../auth/open-credential-store.ts';
import { notTrustedWarning } from '../config/folder-file.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { createLogger, type Logger } from '../log.ts';
import { openRedis, type RedisConnection } from '../storage/redis.ts';
import { closeAtEnd } from './open-connections.ts';

/** The configuration's Redis, for as long as the command runs. */
export async function openCommandRedis(config: Config, log: Logger): Promise<RedisConnection | undefined> {
  if (!config.redis) return undefined;
  const redis = await openRedis(config.redis, log);
  closeAtEnd(redis);
  await redis.settled();
  return redis;
}

/** Prints warnings about what a command goes on without. */
export function tellUntrusted({ untrustedFile }: LoadedConfig): void {
  if (untrustedFile) console.error(notTrustedWarning(untrustedFile));
}

export async function openCredentials(
  program: Command,
): Promise<{ config: Config; log: Logger; store: CredentialStore }> {
  const loaded = loadConfig({ flags: program.opts() });
  const { config } = loaded;
  tellUntrusted(loaded);
  // Commands print their own results; of the log only failures matter here.
  const log = createLogger({ level: config.verbose ? 'debug' : 'warn', format: config.logFormat });
  const redis = await openCommandRedis(config, log);
  return { config, log, store: openCredentialStore({ config, log, redis }) };
}
