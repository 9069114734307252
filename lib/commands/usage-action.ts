import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { createLogger } from '../log.ts';
import { logText } from '../public-text.ts';
import { dayOf, msPerDay } from '../usage/day-sums.ts';
import { ledgerPathOf } from '../usage/ledger.ts';
import { type Grouping, sumUsageOfAll, type UsageSum } from '../usage/report.ts';
import { openCommandRedis, tellUntrusted } from './credentials.ts';

export interface UsageOptions {
  by: Grouping;
  since: string;
  json?: true;
  csv?: true;
}

/** Columns of the table and of CSV: what they are called, and the sum that they show. */
const columns = [
  ['requests', 'requests'],
  ['failed', 'failures'],
  ['input', 'input_tokens'],
  ['cached', 'cached_tokens'],
  ['output', 'output_tokens'],
  ['reasoning', 'reasoning_tokens'],
  ['credits', 'credits'],
  ['USD', 'cost'],
] as const satisfies readonly (readonly [string, keyof UsageSum])[];

/** Copilot counts in billionths of a credit, and cents have parts. */
const maxDigits = 4;

export async function runUsage(program: Command, options: UsageOptions, command: Command): Promise<void> {
  const loaded = loadConfig({ flags: program.opts() });
  tellUntrusted(loaded);
  const { config } = loaded;
  if (config.usageStore === 'off') command.error('error: no usage is recorded: `usageStore` is `off`');
  const path = ledgerPathOf(config);
  const since = readDay(options.since, Date.now());
  if (since === undefined) command.error("error: '--since' takes a day (2026-11-29), a number of days (7d) or today");
  let sums: UsageSum[] = [];
  try {
    const log = createLogger({ level: 'warn', format: config.logFormat });
    const redis = await openCommandRedis(config, log);
    sums = await sumUsageOfAll({ path, redis, maxDays: config.usageMaxDays }, options.by, since!);
  } catch (error) {
    command.error(`error: the usage in ${path} cannot be read: ${(error as Error).message}`);
  }
  if (options.json)
    console.log(
      JSON.stringify(
        sums.map((sum) => toJson(sum, options)),
        null,
        2,
      ),
    );
  else if (options.csv) console.log(toCsv(sums, options));
  else if (sums.length > 0) console.log(toTable(sums, options));
  else console.log(`There is no usage since ${since} in ${path}.`);
}

/** The first day that counts; undefined for a text that names none. */
function readDay(text: string, nowMs: number): string | undefined {
  const days = text === 'today' ? '1' : /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return dayOf(nowMs - Math.max(0, Number(days) - 1) * msPerDay);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

function toJson({ name, ...sums }: UsageSum, { by }: UsageOptions): object {
  return { [by]: name, ...sums };
}

/** RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180). */
function toCsv(sums: readonly UsageSum[], { by }: UsageOptions): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = [by, ...columns.map(([, sum]) => sum)];
  const rows = sums.map((sum) => [quote(sum.name), ...columns.map(([, column]) => String(sum[column]))]);
  return [head, ...rows].map((row) => row.join(',')).join('\n');
}

function toTable(sums: readonly UsageSum[], { by }: UsageOptions): string {
  // A column of zeros says nothing.
  const shown = columns.filter(([, column]) => column === 'requests' || sums.some((sum) => sum[column] !== 0));
  const total = (column: keyof UsageSum) => sums.reduce((sum, row) => sum + Number(row[column]), 0);
  const format = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: maxDigits });
  const rows = [
    [by.toUpperCase(), ...shown.map(([title]) => title.toUpperCase())],
    ...sums.map((sum) => [logText(sum.name) || '(none)', ...shown.map(([, column]) => format(sum[column]))]),
    ...(sums.length > 1 ? [['TOTAL', ...shown.map(([, column]) => format(total(column)))]] : []),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n');
}
