/** Changes of a text, each with its place in it. */
import type { TextSpan } from '../public-text.ts';

/** What is to stand in the place of what stood there. */
export interface Edit extends TextSpan {
  readonly text: string;
}

/** In the order of their places, none across another. */
export function settle(edits: Edit[]): Edit[] {
  edits.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return edits.flatMap((edit) => {
    if (edit.end <= end) return [];
    const kept = edit.start >= end ? edit : { start: end, end: edit.end, text: edit.text.slice(end - edit.start) };
    end = edit.end;
    return [kept];
  });
}

/** Of a text that stands in several parts of another. They keep its length. */
export function spreadEdits(edits: readonly Edit[], parts: readonly TextSpan[]): Edit[] {
  const starts: number[] = [];
  let length = 0;
  for (const { start, end } of parts) {
    starts.push(length);
    length += end - start;
  }
  return edits.flatMap((edit) => {
    const spread: Edit[] = [];
    for (let index = lastNotAbove(starts, edit.start); index < parts.length && starts[index]! < edit.end; index += 1) {
      const { start, end } = parts[index]!;
      const at = starts[index]!;
      const from = Math.max(edit.start, at);
      const to = Math.min(edit.end, at + end - start);
      if (from < to)
        spread.push({
          start: start + from - at,
          end: start + to - at,
          text: edit.text.slice(from - edit.start, to - edit.start),
        });
    }
    return spread;
  });
}

/** Index of the last that is not above the number, else 0; they rise. */
function lastNotAbove(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (numbers[middle]! <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Gives parts of a text with its edits: what an edit has beyond a border stays on its own side.
 * @param edits in the order of their places, none across another
 */
export function createCutter(whole: string, edits: readonly Edit[]): (start: number, end: number) => string {
  const ends = edits.map(({ end }) => end);
  return (start, end) => {
    let text = '';
    let at = start;
    // The one before ends there, or further left.
    for (let index = lastNotAbove(ends, start); index < edits.length && edits[index]!.start < end; index += 1) {
      const edit = edits[index]!;
      if (edit.end <= at) continue;
      text += whole.slice(at, Math.max(at, edit.start));
      const isSameLength = edit.text.length === edit.end - edit.start;
      const to = Math.min(edit.end, end);
      if (isSameLength) text += edit.text.slice(Math.max(0, at - edit.start), to - edit.start);
      else if (edit.start >= start) text += edit.text;
      at = to;
    }
    return text + whole.slice(at, end);
  };
}

/** Patterns look at bytes, and may stop within a character of several. */
export function toWholeCharacters(text: string, { start, end }: TextSpan): TextSpan {
  const isWithin = (at: number) => (text.charCodeAt(at) & 0xc0) === 0x80 && text.charCodeAt(at) < 0xc0;
  let [from, to] = [start, end];
  while (from > 0 && isWithin(from)) from -= 1;
  while (to < text.length && isWithin(to)) to += 1;
  return { start: from, end: to };
}

/** What a text of JSON says, and for each of its places, and its end, where that stands. */
export function unescapeJson(text: string): { text: string; places: number[] } {
  const parts: string[] = [];
  const places: number[] = [];
  for (const { 0: part, 1: code, 2: escaped, index } of text.matchAll(/\\(?:u([0-9a-f]{4})|(.))|[^\\]+|\\/gis)) {
    const isEscape = code !== undefined || escaped !== undefined;
    parts.push(code === undefined ? (escaped ?? part) : String.fromCharCode(Number.parseInt(code, 16)));
    if (isEscape) places.push(index);
    else for (let at = 0; at < part.length; at += 1) places.push(index + at);
  }
  places.push(text.length);
  return { text: parts.join(''), places };
}
