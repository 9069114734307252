import { writeFileSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { toJUnit, toTable } from '../conformance/report.ts';
import { isConforming, runSuites } from '../conformance/run.ts';
import { suites } from '../conformance/suites.ts';
import { ConfigError } from '../options/faults.ts';
import type { CheckOptions } from './check-action.ts';
import { ownAddress } from './own-address.ts';
import { findModels, firstKey, toBase } from './server-checks.ts';

export interface ConformanceOptions extends CheckOptions {
  suite?: string[];
  embeddingsModel?: string;
  only?: string;
  list?: true;
  json?: true;
  junit?: string;
}

/** Checks a server against what its APIs promise. Exit status 1: it breaks a `must`. @throws ConfigError */
export async function runConformance(options: ConformanceOptions, flags: object): Promise<void> {
  const names = chooseSuites(options.suite ?? ['all']);
  const all = names.flatMap((name) => suites[name]!);
  const only = options.only === undefined ? undefined : new Set(options.only.split(',').map((id) => id.trim()));
  const strange = [...(only ?? [])].filter((id) => !all.some((check) => check.id === id));
  if (strange.length > 0) throw toFault('--only', `no such check in ${names.join(', ')}: ${strange.join(', ')}`);
  if (options.list) {
    for (const { id, severity, rule, source } of all) console.log(`${id} (${severity})  ${rule}. ${source}`);
    return;
  }
  const base = toBase(options.url ?? ownAddress(loadConfig({ flags: { ...flags } }).config));
  const key = firstKey(options.key);
  const served = options.model && options.embeddingsModel ? [] : await findModels(base, key).catch(() => []);
  const model = options.model ?? (served.includes('demo') ? 'demo' : served[0]);
  if (!model) throw toFault('--model', `${base} lists no models: name one`);
  const embeddingsModel = options.embeddingsModel ?? served.find((id) => id.includes('embed'));
  const results = await runSuites({ base, key, model, embeddingsModel }, names, only);
  if (options.junit !== undefined) writeFileSync(options.junit, toJUnit(results));
  const ok = isConforming(results);
  console.log(options.json ? JSON.stringify({ ok, results }, null, 2) : toTable(results));
  if (!ok) process.exitCode = 1;
}

function chooseSuites(names: readonly string[]): string[] {
  const known = Object.keys(suites);
  const strange = names.find((name) => name !== 'all' && !known.includes(name));
  if (strange !== undefined) throw toFault('--suite', `'${strange}' is none of ${known.join(', ')}, all`);
  return names.includes('all') ? known : [...new Set(names)];
}

function toFault(source: string, reason: string): ConfigError {
  return new ConfigError([{ path: '', source, reason }]);
}
