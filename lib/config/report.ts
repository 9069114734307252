/** What `opencompat config` prints: each value and where it came from, secrets masked. */

import { stringify } from 'yaml';
import { maskSecrets } from '../masking.ts';
import { joinPath } from '../options/faults.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import { configKeys } from './keys.ts';
import type { Origin } from './layers.ts';
import type { LoadedConfig } from './load.ts';

/** A box of a chain as the report names it; `origin` is `built-in`, or a plugin's path or package. */
export interface ReportedBox {
  readonly name: string;
  readonly origin: string;
}

/** Each API's chain in order. */
export type ReportedChains = Readonly<Record<string, readonly ReportedBox[]>>;

/** A provider as the report names it; `origin` is a built-in type, or a plugin's path or package. */
export interface ReportedProvider {
  readonly name: string;
  readonly origin: string;
}

/** The chains and providers that follow from the values. */
export interface ReportedParts {
  readonly chains?: ReportedChains;
  /** In the order in which they are asked. */
  readonly providers?: readonly ReportedProvider[];
  /** Where each alias leads, a line each, by the lists of models that were seen last. */
  readonly aliases?: readonly string[];
}

export interface ConfigReport extends ReportedParts {
  /** The configuration file that was read. */
  file: string | null;
  values: Record<string, { value: unknown; origin: Origin; place?: string }>;
  dataDir: string;
  cacheDir: string;
  warnings: readonly string[];
}

/** The report as data. References to the environment are shown as written. */
export function createConfigReport(loaded: LoadedConfig, parts: ReportedParts = {}): ConfigReport {
  const { config, origins, places, fileEntries, warnings } = loaded;
  const asWritten = (value: unknown, path: string): unknown => {
    const reference = fileEntries.get(path)?.reference;
    if (reference !== undefined) return reference;
    if (Array.isArray(value)) return value.map((item, index) => asWritten(item, joinPath(path, index)));
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asWritten(item, joinPath(path, key))]));
  };
  const values: ConfigReport['values'] = {};
  for (const { name, schema } of configKeys) {
    const value = config[name as keyof typeof config];
    const origin = origins.get(name) ?? 'default';
    const shown = schema['x-secret'] || origin !== 'file' ? value : asWritten(value, name);
    values[name] = { value: maskSecrets(shown, schema), origin, place: places.get(name) };
  }
  const { file = null, dataDir, cacheDir } = config;
  return { file, values, dataDir, cacheDir, warnings, ...parts };
}

/** The report as YAML, with comments that say where each value came from. */
export function formatConfigReport(report: ConfigReport): string {
  const { file, values, dataDir, cacheDir, warnings, chains, providers, aliases = [] } = report;
  const lines = [
    '# The effective configuration. Later sources win: default, file, environment, flag.',
    `# File: ${file ?? 'none'}`,
    `# Credentials: ${dataDir}`,
    `# Caches: ${cacheDir}`,
    ...warnings.map((warning) => `# Warning: ${warning}`),
  ];
  let lastSection = '';
  for (const { name, section } of configKeys) {
    const { value, origin, place } = values[name]!;
    if (section !== lastSection) lines.push('', `# ${section}`);
    lastSection = section;
    const source = place ? `${origin} ${place}` : origin;
    lines.push(value === undefined ? `# ${name} is not set` : withComment({ [name]: value }, source));
  }
  if (providers) {
    lines.push('', '# The providers, in the order in which they are asked for a model');
    for (const { name, origin } of providers) lines.push(`# - ${name}${origin === name ? '' : ` (${origin})`}`);
  }
  if (aliases.length > 0) {
    lines.push('', '# Where the aliases lead, by the lists of models that were seen last');
    lines.push(...aliases.map((line) => `# - ${line}`));
  }
  if (chains) {
    lines.push('', '# The chain of each API, in order; APIs whose chains are alike stand together', 'chains:');
    const alike = Map.groupBy(Object.keys(chains), (api) => JSON.stringify(chains[api]));
    for (const apis of alike.values()) {
      lines.push(`  ${stringify(apis.join(', '), oneLineTexts).trim()}:`);
      for (const { name, origin } of chains[apis[0]!]!) {
        lines.push(`    - ${name}${origin === builtInOrigin ? '' : ` # ${origin}`}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** No text is spread over lines, so that the end of a line is never inside of one. */
const oneLineTexts = {
  lineWidth: 0,
  blockQuote: false,
  singleQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;

/** One key as YAML, with a comment at the end of its first line. */
function withComment(entry: Record<string, unknown>, comment: string): string {
  const [first, ...rest] = stringify(entry, oneLineTexts).trimEnd().split('\n');
  return [`${first} # ${comment}`, ...rest].join('\n');
}
