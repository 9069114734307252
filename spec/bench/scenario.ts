/**
 * What the load asks of the upstream and how both know the right answer. The wish travels inside the user's text, the one
 * thing that every server under test carries through unchanged.
 */
import type { AnswerForm } from './ways.ts';

/** An answer to give: how many text deltas, and how far apart. */
export interface Scenario {
  deltas: number;
  /** 0: as fast as back-pressure permits. */
  intervalMs: number;
}

export const responsesPath = '/backend-api/codex/responses';
export const chatPath = '/v1/chat/completions';

export const paths: Record<AnswerForm, string> = {
  responses: responsesPath,
  chat: chatPath,
  messages: '/v1/messages',
  socket: '/v1/responses',
};

/** The deltas of every answer, over and over: the size of real tokens, and nothing in them that JSON would escape. */
export const words = ' the quick brown fox jumps over a lazy dog and then rests in warm afternoon sun'.match(/ \w+/g)!;

export function wordAt(index: number): string {
  return words[index % words.length]!;
}

/** The whole text of an answer. */
export function textOf(deltas: number): string {
  return Array.from({ length: deltas }, (_, index) => wordAt(index)).join('');
}

function toPrompt({ deltas, intervalMs }: Scenario): string {
  return `Answer with ${deltas} deltas, ${intervalMs} ms apart.`;
}

/** Finds the wish in a request body, whatever its form. @throws when there is none */
export function fromPrompt(body: string): Scenario {
  const match = /Answer with (\d+) deltas, (\d+) ms apart/.exec(body);
  if (!match) throw new Error('The request does not say which answer it wants.');
  return { deltas: Number(match[1]), intervalMs: Number(match[2]) };
}

const instructions = 'You are a helpful assistant. Answer briefly.';

/** The request of a client. */
export function toBody(form: AnswerForm, model: string, scenario: Scenario, isStreaming: boolean): string {
  const text = toPrompt(scenario);
  const user = { role: 'user', content: text };
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
  switch (form) {
    case 'chat':
      return JSON.stringify({
        model,
        stream: isStreaming,
        messages: [{ role: 'system', content: instructions }, user],
      });
    case 'messages':
      return JSON.stringify({
        model,
        stream: isStreaming,
        // More than any answer here has, as clients do.
        max_tokens: 64_000,
        system: instructions,
        messages: [user],
      });
    case 'responses':
      return JSON.stringify({ model, stream: true, store: false, instructions, input });
    case 'socket':
      return JSON.stringify({ type: 'response.create', model, store: false, instructions, input });
    default:
      return form satisfies never;
  }
}
