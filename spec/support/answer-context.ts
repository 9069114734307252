import type { AnswerContext } from '../../lib/apis/api.ts';

/** Unix milliseconds at which every request of an answer's context came. */
export const receivedMs = 1_800_000_000_000;

/** What an answer's translation looks at besides the events. The clock stands still. */
export function toAnswerContext(model: string, fields: Partial<AnswerContext> = {}): AnswerContext {
  return {
    headers: {},
    defaults: { reasoningCompat: 'reasoning_content' },
    ignore: () => {},
    id: 'req7',
    createdS: receivedMs / 1000,
    model,
    receivedMs,
    nowMs: () => receivedMs,
    request: { model, input: [], stream: true },
    ...fields,
  };
}
