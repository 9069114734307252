/** Bounds on the structure of foreign JSON, looked at before it is parsed: parsing is what costs. */

/**
 * Objects, lists, keys and texts in the whole of a request: 8,000 turns of an agent have so many, and reading, checking and
 * translating them takes 100 ms (measured 2026-11).
 */
export const usualMaxValues = 100_000;

/**
 * Deepest nesting: recursive functions such as `JSON.stringify` overflow the stack at some thousands of levels. Real bodies
 * stay far below; schemas of structured outputs have ten.
 */
export const maxDepth = 512;

/**
 * Numbers cost a fraction of what objects, lists and texts do, and lists of tokens hold very many of them: the most that OpenAI takes
 * for embeddings, 2,048 inputs of 300,000 tokens in all, stays below the usual limit, and takes 80 ms (measured 2026-11).
 */
const numbersPerValue = 4;

/**
 * Longest number, in characters: reading ten million digits takes 220 ms (measured 2026-11). The longest that a double needs has
 * 767 (https://en.wikipedia.org/wiki/Double-precision_floating-point_format).
 */
export const maxNumberLength = 1_000;

const quote = 0x22;
const colon = 0x3a;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Why a text is not parsed. */
export type Excess = 'too many values' | 'too deep' | 'too long a number';

/** Counts the values of one or several texts, up to a limit for all together. */
export class ValueBudget {
  /** In numbers, the smallest unit. */
  #left: number;

  /** @param maxValues objects, lists, keys and texts; a number counts as a quarter of one */
  constructor(maxValues: number) {
    this.#left = maxValues * numbersPerValue;
  }

  /** In one pass, in which nothing is looked at twice. What is not JSON may pass: the parser refuses it. */
  spend(json: string): Excess | undefined {
    let depth = 0;
    /** Where what is not a text may begin: behind the last sign. */
    let start = 0;
    for (let index = 0; index < json.length && this.#left >= 0; index += 1) {
      switch (json.charCodeAt(index)) {
        case quote:
          index = endOfText(json, index);
          start = index + 1;
          this.#left -= numbersPerValue;
          break;
        case openBrace:
        case openBracket:
          start = index + 1;
          depth += 1;
          if (depth > maxDepth) return 'too deep';
          this.#left -= numbersPerValue;
          break;
        case closeBrace:
        case closeBracket:
          if (isTooLong(json, start, index)) return 'too long a number';
          start = index + 1;
          depth -= 1;
          break;
        case comma:
          if (isTooLong(json, start, index)) return 'too long a number';
          start = index + 1;
          // What follows may be a number; where it is more, one more is little.
          this.#left -= 1;
          break;
        case colon:
          start = index + 1;
          break;
      }
    }
    if (this.#left < 0) return 'too many values';
    return isTooLong(json, start, json.length) ? 'too long a number' : undefined;
  }

  /** Undefined for what is not JSON, and for what is more than is left. */
  parse(json: string): unknown {
    if (this.spend(json)) return undefined;
    try {
      return JSON.parse(json);
    } catch {
      return undefined;
    }
  }
}

function isTooLong(json: string, start: number, end: number): boolean {
  return end - start > maxNumberLength && json.slice(start, end).trim().length > maxNumberLength;
}

/** @param start where the opening quote is */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return json.length;
}
