/** The bits of Markdown that generated documentation is made of. */

export function toCode(text: string): string {
  return `\`${text}\``;
}

/** @param cells texts of cells; `|` in them is escaped, because it ends a cell, also inside of code */
function toTableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(toTableRow).join('\n');
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
