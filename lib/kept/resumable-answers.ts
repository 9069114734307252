/** The resumable answers of a server: found by tokens, a few for each client key. */
import { type AnswerScope, type AnswerSource, ResumableAnswer } from './resumable-answer.ts';

export interface AnswerLimits {
  maxBytes: number;
  /** Most answers of one owner. */
  maxAnswers: number;
  timeoutMs: number;
  stallMs: number;
}

/** Where a client goes on. */
export interface Resumption {
  answer: ResumableAnswer;
  /** Events that it has had. */
  position: number;
}

/** `<id of the answer>:<events had>`: unguessable, and of use to its owner alone. */
const tokenForm = /^([\w-]{24}):(\d{1,12})$/;

/** The answer's id, and the events that the client has had. */
export function readToken(token: string): { id: string; position: number } | undefined {
  const [, id, position] = tokenForm.exec(token) ?? [];
  return id === undefined ? undefined : { id, position: Number(position) };
}

/** Could the text be a token? */
export function isToken(text: string): boolean {
  return tokenForm.test(text);
}

export class ResumableAnswers {
  readonly #answers = new Map<string, ResumableAnswer>();
  #isDraining = false;

  /**
   * Makes room by the oldest answer that a reader has been sent to its end.
   * @returns undefined while the owner has as many others as it may, or the server stops
   */
  open(
    scope: AnswerScope,
    contentType: string,
    source: AnswerSource,
    limits: AnswerLimits,
  ): ResumableAnswer | undefined {
    const { maxAnswers, ...rest } = limits;
    if (this.#isDraining || !this.#hasRoom(scope.owner, maxAnswers)) return undefined;
    const answer = new ResumableAnswer({
      ...rest,
      scope,
      contentType,
      source,
      onGone: () => this.#answers.delete(answer.id),
    });
    this.#answers.set(answer.id, answer);
    return answer;
  }

  #hasRoom(owner: string, maxAnswers: number): boolean {
    const owned = [...this.#answers.values()].filter((answer) => answer.scope.owner === owner);
    if (owned.length < maxAnswers) return true;
    const delivered = owned.find(({ isDelivered }) => isDelivered);
    delivered?.forget();
    return delivered !== undefined;
  }

  /** Undefined for a token of nobody's, of another owner's or path's, or of an answer that is not kept any more. */
  find({ owner, path }: AnswerScope, token: string): Resumption | undefined {
    const { id, position } = readToken(token) ?? { id: '', position: 0 };
    const answer = this.#answers.get(id);
    const isTheirs = answer?.scope.owner === owner && answer.scope.path === path;
    return isTheirs ? { answer, position } : undefined;
  }

  /**
   * Opens none any more.
   * @param isShared can clients come back to another server? Else every answer that nobody reads, now or later, is let go.
   */
  drain(isShared: boolean): void {
    this.#isDraining = true;
    if (isShared) return;
    for (const answer of this.#answers.values()) answer.drain();
  }
}
