import type { Figure, RowResult } from './rows.ts';

const widths = { label: 30, value: 12, ratio: 13 };

/** A row's figures as an aligned table; ratios are of the server to the pipe of the same run. */
export function formatRow({ title, figures, faults, remarks }: RowResult): string {
  const head = formatLine('', ['direct', 'pipe', 'server'], 'server/pipe', 'target');
  const lines = figures.map((figure) =>
    formatLine(
      figure.label,
      [figure.direct, figure.pipe, figure.server].map((value) => formatNumber(value, figure.digits)),
      formatRatio(figure),
      formatTarget(figure),
    ),
  );
  const notes = [...remarks.map((remark) => `  ${remark}`), ...faults.map((fault) => `  FAILED ${fault}`)];
  return [title, head, ...lines, ...notes, ''].join('\n');
}

function formatLine(label: string, values: string[], ratio: string, target: string): string {
  const cells = values.map((value) => value.padStart(widths.value)).join('');
  return `  ${label.padEnd(widths.label)}${cells}${ratio.padStart(widths.ratio)}   ${target}`.trimEnd();
}

function formatNumber(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function formatRatio({ pipe, server }: Figure): string {
  if (pipe === undefined || server === undefined || !(pipe > 0)) return '';
  return `${(server / pipe).toFixed(2)}×`;
}

function formatTarget({ target, server }: Figure): string {
  if (!target) return '';
  if (server === undefined || Number.isNaN(server)) return target.text;
  return `${target.text}: ${target.isMet ? 'met' : 'MISSED'}`;
}
