/** The input of a tool call, which has to be a JSON object here; models and servers also give none, and other text. */
import { parseObject } from '../../lenient-json.ts';

/** Null and nothing are no arguments; an object that was written as a text is that object; other text is kept as such. */
export function toInputObject(json: string): object {
  if (json.trim() === '') return {};
  const object = parseObject(json);
  if (object) return object;
  const value = parseValue(json);
  if (value === null) return {};
  return (typeof value === 'string' ? parseObject(value) : undefined) ?? { input: json };
}

function parseValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Passes on the pieces of an object as they come, up to its end, and holds what does not begin as one. */
export class ToolInputStream {
  #state: 'start' | 'object' | 'text' | 'over' = 'start';
  #held = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** What of the piece, and of what was held before it, can be passed on. */
  read(piece: string): string {
    if (this.#state === 'over') return '';
    if (this.#state === 'object') return this.#upToEnd(piece);
    this.#held += piece;
    if (this.#state === 'start') this.#state = beginningOf(this.#held);
    if (this.#state !== 'object') return '';
    const text = this.#held;
    this.#held = '';
    return this.#upToEnd(text);
  }

  /** The call has ended: what is left to be passed on. */
  finish(): string {
    const held = this.#held;
    this.#held = '';
    return held.trim() === '' ? '' : JSON.stringify(toInputObject(held));
  }

  #upToEnd(text: string): string {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString) {
        if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#isInString = false;
      } else if (character === '"') this.#isInString = true;
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#state = 'over';
        return text.slice(0, at + 1);
      }
    }
    return text;
  }
}

/** The longest beginning that says nothing yet: white space comes in no end of it. */
const maxBlankCharacters = 1024;

function beginningOf(text: string): 'start' | 'object' | 'text' {
  if (/^\s*\{\s*["}]/.test(text)) return 'object';
  return text.length <= maxBlankCharacters && /^\s*\{?\s*$/.test(text) ? 'start' : 'text';
}
