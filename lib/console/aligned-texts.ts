/** Texts side by side, line by line: how the one became the next. */
import { type DiffLine, diffLists } from '../line-diff.ts';

/** `passing`: it is new here, and gone in the next one. */
export type CellKind = DiffLine['kind'] | 'passing';

export interface Cell {
  readonly kind: CellKind;
  readonly text: string;
}

/** A cell of each text, from the first to the last; null where it has nothing beside the others. */
export type AlignedRow = readonly (Cell | null)[];

/** In the place of rows that are the same in all texts. */
export interface Skipped {
  readonly skipped: number;
}

export interface Alignment {
  readonly rows: readonly (AlignedRow | Skipped)[];
  /** Rows that are left out. */
  readonly leftOut: number;
}

/** Most rows that are shown. With more, those that are the same are left out but for some beside the others. */
const maxRows = 2_000;
const contextRows = 3;
/** Most characters of a line that are shown. */
const maxCellCharacters = 600;

/**
 * What counts when lines of two forms are compared: neither the depth at which they stand nor the comma behind them.
 * @param line of indented JSON
 */
const essenceOf = (line: string) => line.trim().replace(/,$/, '');

/**
 * Aligns three texts around the middle one: lines that two of them share stand in one row.
 * @param texts `middle` alone is certain to be there
 */
export function alignTexts(texts: { left?: string; middle: string; right?: string }): Alignment {
  const [left, middle, right] = [texts.left, texts.middle, texts.right].map((text) => text?.split('\n'));
  const rows: (Cell | null)[][] = [];
  // The next free row of each text.
  const free = [0, 0, 0];
  const put = (column: number, row: number, kind: CellKind, text = '') => {
    while (rows.length <= row) rows.push([null, null, null]);
    rows[row]![column] = { kind, text: shorten(text) };
    free[column] = row + 1;
  };
  const [before, after] = [left, right].map((other) => other && compare(middle!, other));
  const [lefts, rights] = [left?.values(), right?.values()];
  for (const [index, text] of [...middle!.entries(), [middle!.length, undefined] as const]) {
    for (let count = before?.gaps[index] ?? 0; count > 0; count -= 1) put(0, free[0]!, 'removed', lefts!.next().value);
    for (let count = after?.gaps[index] ?? 0; count > 0; count -= 1) put(2, free[2]!, 'added', rights!.next().value);
    if (text === undefined) break;
    const [isOld, isKept] = [before?.isShared[index], after?.isShared[index]];
    const row = Math.max(free[1]!, isOld ? free[0]! : 0, isKept ? free[2]! : 0);
    put(1, row, kindOf(isOld, isKept), text);
    if (isOld) put(0, row, 'same', lefts!.next().value);
    if (isKept) put(2, row, 'same', rights!.next().value);
  }
  const present = [left, middle, right].map((lines) => lines !== undefined);
  const aligned = rows.map((row) => row.filter((_, column) => present[column]));
  const folded = aligned.length > maxRows ? fold(aligned) : aligned;
  return { rows: folded.slice(0, maxRows), leftOut: Math.max(0, folded.length - maxRows) };
}

function fold(rows: readonly AlignedRow[]): (AlignedRow | Skipped)[] {
  const isSame = rows.map((row) => row.every((cell) => cell === null || cell.kind === 'same'));
  let lastChange = Number.NEGATIVE_INFINITY;
  const isNear = isSame.map((same, index) => {
    if (!same) lastChange = index;
    return index - lastChange <= contextRows;
  });
  for (let index = rows.length - 1, next = Number.POSITIVE_INFINITY; index >= 0; index -= 1) {
    if (!isSame[index]) next = index;
    isNear[index] ||= next - index <= contextRows;
  }
  const folded: (AlignedRow | Skipped)[] = [];
  for (const [index, row] of rows.entries()) {
    const last = folded.at(-1);
    if (isNear[index]) folded.push(row);
    else if (last && 'skipped' in last) folded[folded.length - 1] = { skipped: last.skipped + 1 };
    else folded.push({ skipped: 1 });
  }
  return folded;
}

/** @param isOld is it in the text before? undefined: there is none */
function kindOf(isOld = true, isKept = true): CellKind {
  if (isOld) return isKept ? 'same' : 'removed';
  return isKept ? 'added' : 'passing';
}

interface Comparison {
  /** By the lines of the middle text: does the other one have it too? */
  readonly isShared: readonly boolean[];
  /** How many lines the other text alone has before each line of the middle one, and at the end. */
  readonly gaps: readonly number[];
}

function compare(middle: readonly string[], other: readonly string[]): Comparison {
  const isShared: boolean[] = [];
  const gaps = [0];
  for (const { kind } of diffLists(other.map(essenceOf), middle.map(essenceOf))) {
    if (kind === 'removed') gaps[gaps.length - 1]! += 1;
    else {
      isShared.push(kind === 'same');
      gaps.push(0);
    }
  }
  return { isShared, gaps };
}

function shorten(text: string): string {
  if (text.length <= maxCellCharacters) return text;
  return `${text.slice(0, maxCellCharacters)}… (${text.length} characters)`;
}
