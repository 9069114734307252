import { textOf, wordAt } from './scenario.ts';
import type { AnswerForm } from './ways.ts';

const responsesMarks = { delta: '"delta":"', end: ['"type":"response.completed"'] };

const marks: Record<AnswerForm, { delta: string; end: string[] }> = {
  responses: responsesMarks,
  socket: responsesMarks,
  chat: { delta: '"content":"', end: ['"finish_reason":"stop"', 'data: [DONE]\n\n'] },
  messages: { delta: '"type":"text_delta","text":"', end: ['"stop_reason":"end_turn"', '"type":"message_stop"'] },
};

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
    this.#mark = marks[form].delta;
    this.#endMarks = marks[form].end;
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

interface WholeAnswer {
  /** Of Chat Completions. */
  choices?: { message?: { content?: unknown }; finish_reason?: unknown }[];
  /** Of Messages. */
  content?: { text?: unknown }[];
  stop_reason?: unknown;
}

/** What is wrong with an answer in one piece, of Chat Completions or Messages, or undefined. */
export function checkAnswer(body: string, expectedDeltas: number): string | undefined {
  const { choices, content, stop_reason }: WholeAnswer = JSON.parse(body);
  const text = choices?.[0]?.message?.content ?? content?.[0]?.text;
  const end = choices?.[0]?.finish_reason ?? stop_reason;
  const isRight = text === textOf(expectedDeltas) && (end === 'stop' || end === 'end_turn');
  return isRight ? undefined : `wrong answer: ${body.slice(0, 200)}`;
}
