/** Matches what precedes the text in `{"input": "…"}`, and each prefix of it. */
const opening = /^\s*\{\s*"input"\s*:\s*"/;
const openingSoFar = /^\s*(?:\{\s*(?:"(?:i(?:n(?:p(?:u(?:t(?:"\s*(?::\s*)?)?)?)?)?)?)?)?)?$/;
/** Longest opening that is recognised, in characters: models write shorter ones. */
const maxOpeningCharacters = 256;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads the text out of `{"input": "…"}` from incomplete JSON, in pieces that may end anywhere. */
export class InputReader {
  #state: 'opening' | 'text' | 'over' = 'opening';
  /** The undecided rest: the opening so far, or an incomplete escape. */
  #held = '';

  /** The text that the piece adds; '' once the JSON turns out to have another form. */
  read(piece: string): string {
    if (this.#state === 'over') return '';
    let text = this.#held + piece;
    this.#held = '';
    if (this.#state === 'opening') {
      const start = opening.exec(text)?.[0];
      if (start === undefined) {
        if (text.length <= maxOpeningCharacters && openingSoFar.test(text)) this.#held = text;
        else this.#state = 'over';
        return '';
      }
      this.#state = 'text';
      text = text.slice(start.length);
    }
    return this.#readText(text);
  }

  #readText(text: string): string {
    let read = '';
    for (let at = 0; at < text.length; ) {
      const stop = /["\\]/.exec(text.slice(at));
      if (!stop) return read + text.slice(at);
      const end = at + stop.index;
      read += text.slice(at, end);
      if (stop[0] === '"') {
        this.#state = 'over';
        return read;
      }
      const length = text[end + 1] === 'u' ? 6 : 2;
      if (end + length > text.length) {
        this.#held = text.slice(end);
        return read;
      }
      read +=
        length === 2
          ? (escapes[text[end + 1]!] ?? '')
          : String.fromCharCode(Number(`0x${text.slice(end + 2, end + 6)}`));
      at = end + length;
    }
    return read;
  }
}
