import type { LoadedConfig } from '../config/load.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import { type ProviderPlan, planProviders } from '../providers/plan.ts';
import { logText } from '../public-text.ts';
import { type Finding, formatFinding, type NamedCheck, runChecks, type Tell } from './findings.ts';
import { configCheck, folderChecks, recordingCheck, signInChecks } from './machine-checks.ts';
import { ownAddress } from './own-address.ts';
import { browserCheck, describeServerFailure, type ServerCheckOptions, serverChecks, toBase } from './server-checks.ts';
import { loadServerConfig } from './server-config.ts';
import { upstreamChecks } from './upstream-checks.ts';

export interface DoctorOptions extends Pick<ServerCheckOptions, 'key' | 'model'> {
  /** The server as clients reach it. Default: where the configuration says. */
  url?: string;
  json?: true;
}

/**
 * Looks for what is wrong, from the inside to the outside, and says what to do about it. Exit status 1: something is.
 * @param flags of the whole command line
 * @throws ConfigError for a `--url` that is none
 */
export async function runDoctor({ url, json, ...options }: DoctorOptions, flags: object): Promise<void> {
  let base = url === undefined ? undefined : toBase(url);
  const findings: Finding[] = [];
  const tell: Tell = (finding) => {
    // What others have written may hold anything.
    const safe = { ...finding, text: finding.text.split('\n').map(logText).join('\n') };
    findings.push(safe);
    if (!json) console.log(formatFinding(safe));
    if (safe.verdict === 'failed') process.exitCode = 1;
  };

  let known: { loaded: LoadedConfig; plan: ProviderPlan } | undefined;
  async function load(): Promise<LoadedConfig> {
    const loaded = await loadServerConfig({ ...flags }, { loadsPlugins: false });
    const plan = await withLocatedFaults(loaded, () => planProviders(loaded.config, [], { loadsPlugins: false }));
    known = { loaded, plan };
    return loaded;
  }
  await runEach([configCheck(load)], tell);
  if (known) {
    const { loaded, plan } = known;
    const signedOut = new Set<string>();
    base ??= toBase(ownAddress(loaded.config));
    await runEach(
      [...folderChecks(loaded.config), ...signInChecks(loaded.config, signedOut), recordingCheck(loaded.config)],
      tell,
    );
    await runEach(upstreamChecks(loaded.config, plan, signedOut), tell);
  }
  if (base) await checkServer(base, options, tell);
  if (json) console.log(JSON.stringify({ ok: process.exitCode !== 1, findings }, null, 2));
}

function checkServer(base: string, options: Pick<ServerCheckOptions, 'key' | 'model'>, tell: Tell): Promise<void> {
  // That nobody has signed in has been told.
  const checks = [...serverChecks({ base, demo: true, ...options }), browserCheck(base, options.key)];
  return runChecks(checks, tell, (error) => describeServerFailure(error, base));
}

/** Each says something of its own: one that fails holds up none of the others. */
async function runEach(checks: readonly NamedCheck[], tell: Tell): Promise<void> {
  for (const check of checks) await runChecks([check], tell, (error) => (error as Error).message);
}
