/** How an answer ended that arrived with status 200: whole, or otherwise. */
import { type CanonicalResponse, isCut } from '../canonical/types.ts';
import { asObject, type Json } from '../lenient-json.ts';

/** `refused` is the model's own refusal, `filtered` that of a content filter, `incomplete` a limit of tokens. From good to bad. */
export const answerEnds = ['ok', 'incomplete', 'refused', 'filtered', 'upstream-failed'] as const;
export type AnswerEnd = (typeof answerEnds)[number];

/** Of several choices, the one that went worst speaks for the answer. */
export function worseEnd(a: AnswerEnd | undefined, b: AnswerEnd): AnswerEnd {
  return a !== undefined && answerEnds.indexOf(a) > answerEnds.indexOf(b) ? a : b;
}

export function endOfResponse(response: CanonicalResponse): AnswerEnd {
  const { incomplete_details: details, output } = response;
  if (details?.reason && isCut(response)) return details.reason === 'content_filter' ? 'filtered' : 'incomplete';
  const isRefusal = output.some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal' && part.refusal !== ''),
  );
  return isRefusal ? 'refused' : 'ok';
}

/** The words in which the APIs say it: Chat Completions, Messages, Responses. */
const wordsOfEnds: readonly [AnswerEnd, RegExp][] = [
  ['upstream-failed', /^data:\s*\{"error"\s*:\s*\{/m],
  [
    'filtered',
    /"finish_reason"\s*:\s*"content_filter"|"incomplete_details"\s*:\s*\{\s*"reason"\s*:\s*"content_filter"/,
  ],
  ['refused', /"stop_reason"\s*:\s*"refusal"|"refusal"\s*:\s*"[^"]/],
  [
    'incomplete',
    /"finish_reason"\s*:\s*"length"|"stop_reason"\s*:\s*"max_tokens"|"incomplete_details"\s*:\s*\{\s*"reason"/,
  ],
];

/**
 * By the last bytes of a stream that is passed on. (In a text of the answer each quote has a backslash before it, so that it
 * cannot be taken for a key.)
 */
export function endOfStream(tail: string): AnswerEnd {
  return wordsOfEnds.find(([, words]) => words.test(tail))?.[0] ?? 'ok';
}

/** By the JSON of a whole answer that is passed on. */
export function endOfBody(body: Json): AnswerEnd {
  const choices = Array.isArray(body.choices) ? body.choices.map((choice) => asObject(choice) ?? {}) : [];
  const reasons = new Set<unknown>([
    ...choices.map((choice) => choice.finish_reason),
    asObject(body.incomplete_details)?.reason,
    body.stop_reason,
  ]);
  if (reasons.has('content_filter')) return 'filtered';
  if (reasons.has('refusal') || choices.some(({ message }) => asObject(message)?.refusal)) return 'refused';
  const isCut = ['length', 'max_tokens', 'max_output_tokens'].some((reason) => reasons.has(reason));
  return isCut ? 'incomplete' : 'ok';
}
