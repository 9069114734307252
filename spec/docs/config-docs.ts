/** The documentation of the configuration, made from its schema. */
import { configRules } from '../../lib/config/checks.ts';
import { type ConfigKey, configKeys } from '../../lib/config/keys.ts';
import { toCode, toTable } from './markdown.ts';

function describeDefault({ schema }: ConfigKey): string {
  const { default: value } = schema;
  if (value === undefined) return '';
  if (Array.isArray(value) && value.length > 0) return value.map((item) => toCode(String(item))).join(', ');
  if (typeof value === 'object') return 'none';
  return toCode(String(value));
}

function describe({ schema }: ConfigKey): string {
  const values = schema.enum ? ` One of ${schema.enum.map((value) => toCode(String(value))).join(', ')}.` : '';
  return `${schema.description}${values}${schema['x-restart'] ? ' A change counts after a restart.' : ''}`;
}

function toCells(key: ConfigKey): string[] {
  const { name, env, flag, schema } = key;
  return [
    toCode(name),
    env[0] ? toCode(env[0]) : '',
    flag ? toCode(flag) : '',
    describeDefault(key),
    (schema['x-unit'] as string | undefined) ?? '',
    describe(key),
  ];
}

/** Markdown: a table of the keys for each section, then the rules that values must keep among themselves. */
export function formatConfigDocs(): string {
  const blocks: string[] = [];
  for (const section of new Set(configKeys.map((key) => key.section))) {
    const rows = configKeys.filter((key) => key.section === section).map(toCells);
    blocks.push(`**${section}**`, toTable(['key', 'environment', 'flag', 'default', 'unit', 'meaning'], rows));
  }
  const older = configKeys.flatMap(({ env: [documented, ...names] }) =>
    names.map((name) => `${toCode(name)} (now ${toCode(documented!)})`),
  );
  blocks.push(`Older names that work too: ${older.join(', ')}.`);
  const rules = configRules.map(({ code, rule }) => [toCode(code), rule]);
  blocks.push('Values must also fit each other:', toTable(['code', 'rule'], rules));
  return blocks.join('\n\n');
}
