/** The figures as a table: a line for each way, with its spread, its ratio to the pipe of the same run, and the limit. */
import type { Column, SubjectName } from './columns.ts';
import { median } from './measure.ts';
import { type FloorName, floors, type WayName, ways } from './ways.ts';

interface Heading {
  name: string;
  lines: [string, string];
  digits: number;
  /** The highest ratio to the pipe that passes: what is reached on a quiet machine, and a third for noise. */
  limits: Partial<Record<SubjectName, number>>;
}

export const perWay: Heading[] = [
  {
    name: 'paced',
    lines: ['paced,', 'µs/delta'],
    digits: 1,
    limits: { chat: 2.6, 'passed-on': 2.6, messages: 2.6, websocket: 3.6 },
  },
  {
    name: 'flood',
    lines: ['flood,', 'µs/delta'],
    digits: 2,
    limits: { chat: 1.2, 'passed-on': 1.3, messages: 2, websocket: 2.6 },
  },
  {
    name: 'first-token-p50',
    lines: ['first token', '+ ms, p50'],
    digits: 2,
    limits: { chat: 4, 'passed-on': 4, messages: 4, websocket: 5 },
  },
  {
    name: 'first-token-p99',
    lines: ['first token', '+ ms, p99'],
    digits: 2,
    limits: { chat: 5, 'passed-on': 5, messages: 5, websocket: 6 },
  },
  {
    name: 'non-stream',
    lines: ['non-stream,', 'µs/answer'],
    digits: 0,
    limits: { chat: 4, 'passed-on': 5, messages: 4 },
  },
  {
    name: 'memory',
    lines: ['KB/stream', 'at the peak'],
    digits: 0,
    limits: { chat: 2.4, 'passed-on': 2.4, messages: 2.4, websocket: 2.8 },
  },
];

export const perProcess: Heading[] = [
  { name: 'first-start', lines: ['first start,', 'ms'], digits: 0, limits: { server: 4.5 } },
  { name: 'start', lines: ['start,', 'ms'], digits: 0, limits: { server: 3.5 } },
  { name: 'idle', lines: ['idle,', 'MB'], digits: 1, limits: { server: 1.5 } },
];

export type Columns = Record<string, Column>;

interface Line {
  title: string;
  subject: SubjectName;
  floor?: SubjectName;
}

function linesOf(names: WayName[]): Line[] {
  const used = [...new Set(names.map((name) => ways[name].floor))];
  return [
    ...used.map((subject: FloorName) => ({ title: floors[subject].title, subject })),
    ...names.map((subject) => ({ title: ways[subject].title, subject, floor: ways[subject].floor })),
  ];
}

const processLines: Line[] = [
  { title: 'bare pipe', subject: 'pipe' },
  { title: 'server', subject: 'server', floor: 'pipe' },
];

export function formatTables(columns: Columns, names: WayName[]): string {
  const tables = [
    [perWay, linesOf(names)],
    [perProcess, processLines],
  ] as const;
  return tables
    .map(([headings, lines]) => [headings.filter(({ name }) => name in columns), lines] as const)
    .filter(([headings]) => headings.length > 0)
    .map(([headings, lines]) => formatTable(columns, headings, lines))
    .join('\n\n');
}

/** Rounds go by turns, so that a ratio of one round is of the same minute. */
function ratioOf(column: Column, subject: SubjectName, floor: SubjectName): number {
  const [values, floorValues] = [column[subject], column[floor]];
  if (!values || !floorValues) return Number.NaN;
  return median(values.map((value, round) => value / floorValues[round]!));
}

/** In words, each ratio to the pipe that is over its limit. */
export function findExceeded(columns: Columns, names: WayName[]): string[] {
  const checked = [
    ...perWay.flatMap((heading) => linesOf(names).map((line) => ({ heading, ...line }))),
    ...perProcess.flatMap((heading) => processLines.map((line) => ({ heading, ...line }))),
  ];
  return checked.flatMap(({ heading, title, subject, floor }) => {
    const limit = heading.limits[subject];
    const ratio = floor && columns[heading.name] ? ratioOf(columns[heading.name]!, subject, floor) : Number.NaN;
    if (limit === undefined || !(ratio > limit)) return [];
    return [`${title}, ${heading.lines.join(' ')}: ${formatRatio(ratio)} the pipe, more than ${formatRatio(limit)}`];
  });
}

function formatTable(columns: Columns, headings: Heading[], lines: Line[]): string {
  const heads = [0, 1].map((row) =>
    formatLine(
      '',
      headings.map((heading) => heading.lines[row]!),
    ),
  );
  const body = lines.flatMap(({ title, subject, floor }) => {
    const cells = (format: (column: Column, heading: Heading) => string) =>
      headings.map((heading) => (columns[heading.name]![subject] ? format(columns[heading.name]!, heading) : '–'));
    const values = formatLine(
      title,
      cells((column, { digits }) => formatSpread(column[subject]!, digits)),
    );
    if (!floor) return [values];
    const ratios = cells((column, { limits }) => {
      const limit = limits[subject];
      const ratio = formatRatio(ratioOf(column, subject, floor));
      return limit === undefined ? ratio : `${ratio} (≤ ${formatRatio(limit)})`;
    });
    return [values, formatLine('  to the pipe', ratios)];
  });
  return [...heads, ...body].join('\n');
}

/** The median, and how far the rounds lie apart. */
function formatSpread(values: number[], digits: number): string {
  const middle = formatNumber(median(values), digits);
  if (values.length < 2) return middle;
  return `${middle} ±${formatNumber((Math.max(...values) - Math.min(...values)) / 2, digits)}`;
}

function formatLine(title: string, cells: string[]): string {
  return title.padEnd(30) + cells.map((cell) => cell.padStart(17)).join('');
}

function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function formatRatio(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : `${ratio.toFixed(2)}×`;
}
