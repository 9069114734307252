/** Runs events through both Messages encoders. */
import type { AnswerContext } from '../../lib/apis/api.ts';
import { type MessagesRequest, messages } from '../../lib/apis/messages/index.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import type { PublicError } from '../../lib/errors.ts';
import { toAnswerContext } from './answer-context.ts';
import { type CheckedStream, checkMessageStream, type MergedMessage } from './messages-checker.ts';
import { toRegularEvents } from './regular-events.ts';

export type MessagesOptions = Partial<MessagesRequest>;

/** Asks to see all that an answer can show. */
export const showAll: MessagesOptions = {
  thinking: { type: 'enabled', budget_tokens: 4096 },
  tools: [{ type: 'web_search_20250305', name: 'web_search' }],
};

function prepare(options: MessagesOptions): [MessagesRequest, AnswerContext] {
  const body: MessagesRequest = {
    model: 'claude-sonnet-4-5',
    max_tokens: 1000,
    messages: [{ role: 'user', content: 'hi' }],
    ...options,
  };
  const context = toAnswerContext(body.model, { defaults: { reasoningCompat: 'none' } });
  return [body, { ...context, request: messages.toCanonical(body, context) }];
}

/** The wire text of the streamed answer. */
export function streamMessageWire(events: readonly CanonicalEvent[], options: MessagesOptions = {}): string {
  const encoder = messages.createStreamEncoder(...prepare(options));
  return (
    toRegularEvents(events)
      .map((event) => encoder.encode(event, 0))
      .join('') + encoder.finish()
  );
}

export function streamMessage(events: readonly CanonicalEvent[], options: MessagesOptions = {}): CheckedStream {
  return checkMessageStream(streamMessageWire(events, options));
}

/** The wire text that ends a stream with an error. */
export function streamMessageFailure(error: PublicError): string {
  return messages.createStreamEncoder(...prepare({})).fail(error);
}

/** The answer that is not streamed, as a client parses it. */
export function answerMessage(events: readonly CanonicalEvent[], options: MessagesOptions = {}): MergedMessage {
  const encoder = messages.createAnswerEncoder(...prepare(options));
  for (const event of toRegularEvents(events)) encoder.add(event, 0);
  return JSON.parse(JSON.stringify(encoder.finish())) as MergedMessage;
}
