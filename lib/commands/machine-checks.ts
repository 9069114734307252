/** Checks of this machine, without a network: the configuration, the folders, the sign-ins. */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentialFileName } from '../auth/credential-store.ts';
import { findLoosePermissions } from '../auth/file-permissions.ts';
import { openCredentialStore } from '../auth/open-credential-store.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { createLogger } from '../log.ts';
import { signInProviders } from '../providers/sign-ins.ts';
import { openCommandRedis } from './credentials.ts';
import type { NamedCheck } from './findings.ts';
import { reportRecording } from './recording-report.ts';

/** @param load @throws ConfigError */
export function configCheck(load: () => Promise<LoadedConfig>): NamedCheck {
  return {
    name: 'configuration',
    async run(tell) {
      const { config, warnings } = await load();
      const text = config.file ? `${config.file} is in order` : 'there is no file; defaults and the environment count';
      tell({ name: 'configuration', verdict: 'ok', text });
      for (const warning of warnings) tell({ name: 'configuration', verdict: 'note', text: warning });
    },
  };
}

export function folderChecks({ dataDir, cacheDir }: Config): NamedCheck[] {
  const losses = {
    'data folder': 'sign-ins and what has been used cannot be kept',
    'cache folder': 'lists of models are fetched anew at each start',
  };
  const check = (name: keyof typeof losses, path: string): NamedCheck => ({
    name,
    async run(tell) {
      const code = whyUnwritable(path);
      if (code === undefined) tell({ name, verdict: 'ok', text: `${path} can be written` });
      else {
        const advice = `Make it a folder of the user that runs the server (\`chown\`, \`chmod 700 ${path}\`), or name another one by ${name === 'data folder' ? 'XDG_DATA_HOME' : 'XDG_CACHE_HOME'}.`;
        tell({ name, verdict: 'failed', text: `${path} cannot be written (${code}): ${losses[name]}`, advice });
      }
      if (name !== 'data folder') return;
      for (const text of await findLoosePermissions(join(path, credentialFileName)))
        tell({ name, verdict: 'failed', text });
    },
  });
  return [check('data folder', dataDir), check('cache folder', cacheDir)];
}

/** By trying: rights alone do not tell of a read-only disk or a full one. @returns the error's code; undefined: it can be written */
function whyUnwritable(path: string): string | undefined {
  const trial = join(path, `.doctor-${process.pid}`);
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  try {
    if (!isThere) mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(trial, '', { mode: 0o600 });
    rmSync(trial);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown failure';
  }
}

/** Captures hold what people wrote, and take their place on the disk: whoever runs the server should know. */
export function recordingCheck(config: Config): NamedCheck {
  return {
    name: 'captures',
    async run(tell) {
      for (const text of await reportRecording(config)) tell({ name: 'captures', verdict: 'note', text });
    },
  };
}

/** Asks each provider for the account, as `opencompat info` does. @param signedOut is given the providers without a sign-in */
export function signInChecks(config: Config, signedOut: Set<string>): NamedCheck[] {
  return signInProviders.map(({ name, title, signIn }) => ({
    name,
    async run(tell) {
      const log = createLogger({ level: 'error', format: config.logFormat, stream: process.stderr });
      const store = openCredentialStore({ config, log, redis: await openCommandRedis(config, log) });
      const stored = await store.read(name);
      if (!stored) {
        signedOut.add(name);
        const advice = `\`${signIn.command}\` signs in.`;
        return tell({ name, verdict: 'note', text: `nobody has signed in to ${title}`, advice });
      }
      const { info } = (await signIn.report({ config, log, store })) ?? {};
      const age = describeAge((await store.read(name))?.lastRefreshEpochS);
      if (info?.quotaError === undefined) return tell({ name, verdict: 'ok', text: `the sign-in works${age}` });
      tell({ name, verdict: 'note', text: `the sign-in is there${age}, but could not be tried: ${info.quotaError}` });
    },
  }));
}

function describeAge(refreshedAtS: number | undefined): string {
  if (refreshedAtS === undefined) return '';
  const hours = Math.max(0, Math.round((Date.now() / 1000 - refreshedAtS) / 3600));
  return hours < 48 ? ` (refreshed ${hours} hours ago)` : ` (refreshed ${Math.round(hours / 24)} days ago)`;
}
