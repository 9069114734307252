export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Most pairs of lines that are compared with each other: some milliseconds. Longer texts are first cut where both have the same. */
const maxPairs = 250_000;

/** Two texts, line by line: what both have is `same`. */
export function diffLines(before: string, after: string): DiffLine[] {
  const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  return diffLists(linesOf(before), linesOf(after));
}

/** Two lists of lines. */
export function diffLists(a: readonly string[], b: readonly string[]): DiffLine[] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [
    ...as('same', a.slice(0, start)),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...as('same', a.slice(a.length - end)),
  ];
}

function as(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

function diffMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  if (a.length * b.length <= maxPairs) return diffByTable(a, b);
  const anchors = findAnchors(a, b);
  if (anchors.length === 0) return [...as('removed', a), ...as('added', b)];
  let [i, j] = [0, 0];
  return [...anchors, [a.length, b.length] as const].flatMap(([nextI, nextJ]) => {
    const between = diffLists(a.slice(i, nextI), b.slice(j, nextJ));
    const anchor = as('same', a.slice(nextI, nextI + 1));
    [i, j] = [nextI + 1, nextJ + 1];
    return [...between, ...anchor];
  });
}

type Places = readonly [inA: number, inB: number];

/** The lines that each text has once, as many of them as come in the same order in both. */
function findAnchors(a: readonly string[], b: readonly string[]): Places[] {
  const inB = placesOfUnique(b);
  const pairs = [...placesOfUnique(a)].flatMap(([line, i]) => {
    const j = inB.get(line);
    return j === undefined ? [] : [[i, j] as const];
  });
  return longestRising(pairs);
}

function placesOfUnique(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    places.set(line, index);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

/** @param pairs in the order of their first places @returns most of them whose second places are in order too */
function longestRising(pairs: readonly Places[]): Places[] {
  // By length, the end of the rising row that ends lowest; and before each pair, the one that it follows.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, [, place]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < place) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : ends[low - 1]!);
    ends[low] = index;
  }
  const rising: Places[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index]!) rising.push(pairs[index]!);
  return rising.reverse();
}

function diffByTable(a: readonly string[], b: readonly string[]): DiffLine[] {
  const common = longestCommon(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [down, right] = [common[i + 1]?.[j] ?? -1, common[i]?.[j + 1] ?? -1];
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]! });
      i += 1;
      j += 1;
    } else if (i < a.length && down >= right) {
      lines.push({ kind: 'removed', text: a[i]! });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: b[j]! });
      j += 1;
    }
  }
  return lines;
}

/** How many lines two texts have in common from two of their lines on. */
function longestCommon(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}
