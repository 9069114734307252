/** The documentation of the configuration, made from its schema. */
import { configChecks, formatRules } from './config-checks.ts';
import { type ConfigKey, configKeys } from './config-keys.ts';

const code = (text: string) => `\`${text}\``;
/** `|` ends a cell, also inside of code. */
const cell = (text: string) => text.replaceAll('|', '\\|');

function describeDefault({ schema }: ConfigKey): string {
  const { default: value } = schema;
  if (value === undefined) return '';
  if (Array.isArray(value) || typeof value === 'object') return 'none';
  return code(String(value));
}

function describe({ schema }: ConfigKey): string {
  const values = schema.enum ? ` One of ${schema.enum.map((value) => code(String(value))).join(', ')}.` : '';
  return `${schema.description}${values}`;
}

function toRow(key: ConfigKey): string {
  const { name, env, flag, schema } = key;
  const cells = [
    code(name),
    env[0] ? code(env[0]) : '',
    flag ? code(flag) : '',
    describeDefault(key),
    (schema['x-unit'] as string | undefined) ?? '',
    describe(key),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Markdown: a table of the keys for each section, then the rules that values must keep among themselves. */
export function formatConfigDocs(): string {
  const blocks: string[] = [];
  for (const section of new Set(configKeys.map((key) => key.section))) {
    const rows = configKeys.filter((key) => key.section === section).map(toRow);
    const head = ['| key | environment | flag | default | unit | |', '| --- | --- | --- | --- | --- | --- |'];
    blocks.push(`**${section}**`, [...head, ...rows].join('\n'));
  }
  const older = configKeys.flatMap(({ env: [documented, ...names] }) =>
    names.map((name) => `${code(name)} (now ${code(documented!)})`),
  );
  blocks.push(`Older names that work too: ${older.join(', ')}.`);
  const rules = [...configChecks, ...formatRules].map(({ code: name, rule }) => `| ${code(name)} | ${cell(rule)} |`);
  blocks.push('Values must also fit each other:', ['| code | rule |', '| --- | --- |', ...rules].join('\n'));
  return blocks.join('\n\n');
}

/**
 * Puts a text between `<!-- name -->` and `<!-- /name -->`.
 * @throws RangeError when the page does not have both markers
 */
export function replaceBetweenMarkers(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`The page has no place for ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
