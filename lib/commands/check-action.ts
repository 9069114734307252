import { loadConfig } from '../config/load.ts';
import { type Finding, formatFinding, runChecks } from './findings.ts';
import { ownAddress } from './own-address.ts';
import { describeServerFailure, type ServerCheckOptions, serverChecks, toBase } from './server-checks.ts';

export interface CheckOptions extends Omit<ServerCheckOptions, 'base'> {
  /** Default: where the configuration says. */
  url?: string;
}

/**
 * Runs the checks of a server in turn, and prints their results. The first that cannot go on ends it with status 1; of a provider
 * that cannot answer it is told, and the others are checked all the same.
 * @param flags of the whole command line
 * @throws ConfigError
 */
export async function runCheck({ url, ...options }: CheckOptions, flags: object): Promise<void> {
  const base = toBase(url ?? ownAddress(loadConfig({ flags: { ...flags } }).config));
  await runChecks(serverChecks({ base, ...options }), print, (error) => describeServerFailure(error, base));
}

/** Failures go to standard error. */
function print(finding: Finding): void {
  const isFailed = finding.verdict === 'failed';
  (isFailed ? console.error : console.log)(formatFinding(finding));
  if (isFailed) process.exitCode = 1;
}
