/**
 * What the load asks of the upstream and how both know the right answer. The wish travels inside the user's text, the one
 * thing that every server under test carries through unchanged.
 */

/** An answer to give: how many text deltas, and how far apart. */
export interface Scenario {
  deltas: number;
  /** 0: as fast as back-pressure permits. */
  intervalMs: number;
}

export const model = 'gpt-5.5';
export const responsesPath = '/backend-api/codex/responses';
export const chatPath = '/v1/chat/completions';
/** Of the upstream that speaks Chat Completions itself, as the server names it. */
export const passedOnModel = 'openai/bench';

/** The deltas of every answer, over and over: the size of real tokens, and nothing in them that JSON would escape. */
export const words = ' the quick brown fox jumps over a lazy dog and then rests in warm afternoon sun'.match(/ \w+/g)!;

export function wordAt(index: number): string {
  return words[index % words.length]!;
}

/** The whole text of an answer. */
export function textOf(deltas: number): string {
  return Array.from({ length: deltas }, (_, index) => wordAt(index)).join('');
}

export function toPrompt({ deltas, intervalMs }: Scenario): string {
  return `Answer with ${deltas} deltas, ${intervalMs} ms apart.`;
}

/** Finds the wish in a request body, whatever its form. @throws when there is none */
export function fromPrompt(body: string): Scenario {
  const match = /Answer with (\d+) deltas, (\d+) ms apart/.exec(body);
  if (!match) throw new Error('The request does not say which answer it wants.');
  return { deltas: Number(match[1]), intervalMs: Number(match[2]) };
}
