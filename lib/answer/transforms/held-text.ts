/** Holds back the end of a growing text for as long as it may change with what follows. */

/** The text of one part of an answer. */
export interface HeldText {
  /** @returns what can go on */
  take(text: string): string;
  /** @returns the rest */
  end(): string;
}

const defaultMaxLength = 256;
const mostMaxLength = 4096;
/** Longest word that is held back, in UTF-16 units. */
const maxWord = 4096;

/** Gives on whole words. */
export class WordText implements HeldText {
  readonly #change: (text: string) => string;
  #word = '';

  constructor(change: (text: string) => string) {
    this.#change = change;
  }

  take(text: string): string {
    const end = findLastSpace(text) + 1;
    if (end === 0 && this.#word.length + text.length <= maxWord) {
      this.#word += text;
      return '';
    }
    const whole = this.#word + text.slice(0, end || text.length);
    this.#word = end === 0 ? '' : text.slice(end);
    return this.#change(whole);
  }

  end(): string {
    const rest = this.#word;
    this.#word = '';
    return rest === '' ? '' : this.#change(rest);
  }
}

function findLastSpace(text: string): number {
  for (let index = text.length - 1; index >= 0; index -= 1) if (/\s/.test(text[index]!)) return index;
  return -1;
}

/** Gives on what no match can begin in any more, with the matches replaced. */
export class PatternText implements HeldText {
  readonly #pattern: RegExp;
  readonly #maxLength: number;
  readonly #replace: (match: string) => string;
  /** The text that is held, behind some that has been given on: look-behind sees that. */
  #text = '';
  /** Where the held text begins. */
  #start = 0;

  /** @throws RangeError for a `maxLength` out of range */
  constructor(pattern: RegExp, maxLength = defaultMaxLength, replace: (match: string) => string) {
    if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > mostMaxLength) {
      throw new RangeError(`maxLength must be a whole number from 1 to ${mostMaxLength}`);
    }
    this.#pattern = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
    this.#maxLength = maxLength;
    this.#replace = replace;
  }

  take(text: string): string {
    this.#text += text;
    return this.#giveOn(this.#text.length - this.#maxLength + 1, false);
  }

  end(): string {
    return this.#giveOn(this.#text.length, true);
  }

  /** @param limit a match that begins here or behind may still grow */
  #giveOn(limit: number, isEnd: boolean): string {
    const text = this.#text;
    let cut = limit;
    let given = '';
    for (const match of this.#matchesFrom(this.#start)) {
      const end = match.index + match[0].length;
      if (match.index >= cut) break;
      // It ends where the text does, so that it may go on; but not for longer than promised.
      if (!isEnd && end === text.length && match[0].length < this.#maxLength) {
        cut = match.index;
        break;
      }
      given += text.slice(this.#start, match.index) + this.#replace(match[0]);
      this.#start = end;
    }
    // Half of a character is no text.
    if (isHighSurrogate(text, cut - 1) && !isEnd) cut -= 1;
    if (cut > this.#start) {
      given += text.slice(this.#start, cut);
      this.#start = cut;
    }
    const behind = Math.max(0, this.#start - this.#maxLength);
    this.#text = text.slice(behind);
    this.#start -= behind;
    return given;
  }

  *#matchesFrom(start: number): Generator<RegExpExecArray> {
    const pattern = this.#pattern;
    pattern.lastIndex = start;
    for (let match = pattern.exec(this.#text); match; match = pattern.exec(this.#text)) {
      // An empty match has nothing to be replaced.
      if (match[0] === '') pattern.lastIndex += 1;
      else yield match;
    }
  }
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}
