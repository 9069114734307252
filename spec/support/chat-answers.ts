/** Runs events through both Chat Completions encoders. */
import { type ReasoningCompat, reasoningCompats } from '../../lib/apis/api.ts';
import { type ChatRequest, chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import type { PublicError } from '../../lib/errors.ts';
import { toAnswerContext } from './answer-context.ts';
import { checkChatStream, type MergedAnswer, type MergedChoice } from './chat-chunk-checker.ts';
import { toRegularChoices } from './regular-events.ts';

export interface ChatAnswerOptions {
  body?: Partial<ChatRequest>;
  reasoningCompat?: ReasoningCompat;
  headers?: Record<string, string>;
}

export interface ChatAnswer {
  id: string;
  object: string;
  created: number;
  model: string;
  choices: MergedChoice[];
  usage?: Record<string, unknown>;
  service_tier?: string;
  system_fingerprint: null;
}

/** An event, and the choice it is of. */
export type ChoiceEvent = readonly [CanonicalEvent, number];

export { reasoningCompats };

function toContext(body: ChatRequest, { reasoningCompat = 'reasoning_content', headers = {} }: ChatAnswerOptions) {
  const request = { model: 'gpt-5.5', input: [], stream: body.stream === true };
  return toAnswerContext('gpt-5.5', { headers, defaults: { reasoningCompat }, request });
}

function toBody(options: ChatAnswerOptions): ChatRequest {
  return { model: 'gpt-5.5', messages: [{ role: 'user', content: 'hi' }], ...options.body };
}

function ofFirstChoice(events: readonly CanonicalEvent[]): ChoiceEvent[] {
  return events.map((event) => [event, 0]);
}

/** The wire text of the streamed answer. */
export function streamWire(events: readonly ChoiceEvent[], options: ChatAnswerOptions = {}): string {
  const body = toBody(options);
  const encoder = chatCompletions.createStreamEncoder(body, toContext(body, options));
  return (
    toRegularChoices(events)
      .map(([event, choice]) => encoder.encode(event, choice))
      .join('') + encoder.finish()
  );
}

/** The wire text that ends a stream with an error. */
export function streamFailure(error: PublicError): string {
  const body = toBody({});
  return chatCompletions.createStreamEncoder(body, toContext(body, {})).fail(error);
}

/** The streamed answer, checked and added up. */
export function streamChat(events: readonly CanonicalEvent[], options: ChatAnswerOptions = {}): MergedAnswer {
  const hasUsage = options.body?.stream_options?.include_usage === true;
  return checkChatStream(streamWire(ofFirstChoice(events), options), { hasUsage });
}

/** The chunks of the streamed answer, without `[DONE]`. */
export function toChunks(wire: string): Record<string, unknown>[] {
  return wire
    .split('\n\n')
    .filter((block) => block.startsWith('data: {'))
    .map((block) => JSON.parse(block.slice('data: '.length)));
}

/** The answer that is not streamed, as a client parses it. */
export function answerChoices(events: readonly ChoiceEvent[], options: ChatAnswerOptions = {}): ChatAnswer {
  const body = toBody(options);
  const encoder = chatCompletions.createAnswerEncoder(body, toContext(body, options));
  for (const [event, choice] of toRegularChoices(events)) encoder.add(event, choice);
  return JSON.parse(JSON.stringify(encoder.finish())) as ChatAnswer;
}

export function answerChat(events: readonly CanonicalEvent[], options: ChatAnswerOptions = {}): ChatAnswer {
  return answerChoices(ofFirstChoice(events), options);
}
