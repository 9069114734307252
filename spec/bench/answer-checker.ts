import { textOf, wordAt } from './scenario.ts';

/** What comes back: the upstream's own Responses events, or Chat Completions chunks. */
export type AnswerForm = 'responses' | 'chat';

const deltaMarks = { responses: '"delta":"', chat: '"content":"' };
const endMarks = { responses: ['"type":"response.completed"'], chat: ['"finish_reason":"stop"', 'data: [DONE]\n\n'] };

/**
 * Checks a streamed answer word by word. It searches the text instead of parsing it, so that the load generator stays
 * cheaper than whatever it measures.
 */
export class StreamChecker {
  /** Right deltas so far. */
  deltas = 0;
  readonly #expected: number;
  readonly #mark: string;
  readonly #endMarks: readonly string[];
  #rest = '';
  #fault: string | undefined;

  constructor(form: AnswerForm, expectedDeltas: number) {
    this.#expected = expectedDeltas;
    this.#mark = deltaMarks[form];
    this.#endMarks = endMarks[form];
  }

  /** Takes the next piece of the answer, split anywhere. */
  take(piece: string): void {
    if (this.#fault !== undefined) return;
    const text = this.#rest + piece;
    let done = 0;
    for (;;) {
      const found = text.indexOf(this.#mark, done);
      if (found < 0) break;
      const start = found + this.#mark.length;
      const word = wordAt(this.deltas);
      if (text[start] === '"') {
        // An empty delta: the chunk that tells the role.
        done = start;
      } else if (start + word.length >= text.length) {
        this.#rest = text.slice(found);
        return;
      } else if (this.deltas < this.#expected && text.startsWith(word, start) && text[start + word.length] === '"') {
        this.deltas++;
        done = start + word.length;
      } else {
        this.#fault = `after ${this.deltas} deltas: ${text.slice(found, found + 80)}`;
        return;
      }
    }
    // What ends the answer is looked for once all the deltas are there; until then a split mark is all that matters.
    const kept = this.deltas < this.#expected ? text.length - this.#mark.length : done;
    this.#rest = text.slice(Math.max(done, kept));
  }

  /** The answer has ended. What is wrong with it, or undefined. */
  finish(): string | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.deltas !== this.#expected) return `${this.deltas} deltas instead of ${this.#expected}`;
    const missing = this.#endMarks.find((mark) => !this.#rest.includes(mark));
    return missing === undefined ? undefined : `no ${JSON.stringify(missing)} at the end`;
  }
}

/** What is wrong with a Chat Completions answer that was not streamed, or undefined. */
export function checkAnswer(body: string, expectedDeltas: number): string | undefined {
  const answer = JSON.parse(body) as { choices?: { message?: { content?: unknown }; finish_reason?: unknown }[] };
  const choice = answer.choices?.[0];
  const isRight = choice?.message?.content === textOf(expectedDeltas) && choice.finish_reason === 'stop';
  return isRight ? undefined : `wrong answer: ${body.slice(0, 200)}`;
}
