import type { UpstreamAnswer } from '../providers/provider.ts';
import type { AnswerHandler } from './answer-handler.ts';

export interface ChoicesOptions {
  /** How many choices are to be asked for: known when the first is open, as a refusal may have changed the request. */
  count(): number;
  /** How many may run at a time. */
  atOnce: number;
  /** Sends the request for a choice and waits for the answer's head. */
  open(choice: number): Promise<UpstreamAnswer>;
  /** Begins the answer to the client, once the heads of the first round have come. */
  begin(): AnswerHandler;
  /** Called when the last request has been sent. */
  onAllOpen(): void;
}

/**
 * Gets the answers of all choices and hands them on. The first choice is sent alone, to find out what the backend accepts; then
 * as many others as may run at a time; each that ends makes room for the next. The first failure aborts all answers and rejects
 * the promise.
 */
export async function answerChoices({ atOnce, open, begin, onAllOpen, ...options }: ChoicesOptions): Promise<void> {
  const answers: UpstreamAnswer[] = [];
  let hasFailed = false;

  async function openOne(choice: number): Promise<UpstreamAnswer> {
    const answer = await open(choice);
    answers.push(answer);
    if (hasFailed) answer.destroy();
    return answer;
  }

  try {
    const first = await openOne(0);
    const count = options.count();
    const others = Array.from({ length: Math.min(count, atOnce) - 1 }, (_, index) => openOne(index + 1));
    const opened = [first, ...(await Promise.all(others))];
    const take = begin();
    let nextChoice = opened.length;

    async function takeInTurn(answer: UpstreamAnswer, choice: number): Promise<void> {
      await take(answer, choice);
      if (hasFailed || nextChoice === count) return;
      const next = nextChoice++;
      const following = await openOne(next);
      if (answers.length === count) onAllOpen();
      await takeInTurn(following, next);
    }

    const taken = Promise.all(opened.map(takeInTurn));
    if (answers.length === count) onAllOpen();
    await taken;
  } catch (error) {
    hasFailed = true;
    for (const answer of answers) answer.destroy();
    throw error;
  }
}
