/** What the commands around a sign-in share. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CredentialProvider } from '../auth/credential-file.ts';
import { type CredentialStore, createCredentialStore, credentialFileName } from '../auth/credential-store.ts';
import { loadConfig } from '../config.ts';
import type { Config } from '../config-schema.ts';
import { createLogger, type Logger } from '../log.ts';

export const titles: Record<CredentialProvider, string> = { chatgpt: 'ChatGPT', copilot: 'GitHub Copilot' };

export function openCredentials(program: Command): { config: Config; log: Logger; store: CredentialStore } {
  const { config } = loadConfig({ flags: program.opts() });
  // Commands speak for themselves; of the log only what went wrong is of interest here.
  const log = createLogger({ level: config.verbose ? 'debug' : 'warn', format: config.logFormat });
  return { config, log, store: createCredentialStore({ path: join(config.dataDir, credentialFileName), log }) };
}
