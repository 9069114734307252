import type { CanonicalEvent, CanonicalRequest } from '../canonical.ts';
import type { PublicError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';

/** What a request's translation may look at besides its body. */
export interface RequestContext {
  /** Lower-case names, as Node gives them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What a request does not say, from the configuration. */
  defaults: AnswerDefaults;
  /** Names a parameter that is dropped, so that the client is told (`x-opencompat-ignored`). */
  ignore(param: string): void;
}

export interface AnswerDefaults {
  reasoningCompat: ReasoningCompat;
}

/** How reasoning text is given to Chat Completions clients, which have no official field for it. */
export const reasoningCompats = ['none', 'think-tags', 'o3', 'legacy', 'reasoning_content', 'reasoning'] as const;
export type ReasoningCompat = (typeof reasoningCompats)[number];

/** What an answer's translation may look at besides the events. All of it is fixed before the first event. */
export interface AnswerContext extends RequestContext {
  /** Unique per exchange, without a prefix; an API makes its answer id from it (`chatcmpl-…`). */
  id: string;
  /** Unix time in seconds. */
  createdS: number;
  /** The model as the client wrote it. */
  model: string;
  request: CanonicalRequest;
}

/**
 * Turns canonical events into a client API's answer. One encoder per exchange; with `choices` > 1 the events of all
 * choices go through it, told apart by `choice`. Failure events never reach it: they are thrown as errors before.
 */
export interface StreamEncoder {
  /** The wire text for one event; '' for none. */
  encode(event: CanonicalEvent, choice: number): string;
  /** The closing text, after every choice has ended. */
  finish(): string;
}

/** The same for an answer that is not streamed: takes all events, then gives the whole body. */
export interface AnswerEncoder {
  add(event: CanonicalEvent, choice: number): void;
  finish(): unknown;
}

/** An API that clients speak. Everything here is pure: no clock, no network, no randomness. */
export interface ClientApi<Body = unknown> {
  /** As in the configuration: `chat-completions`. */
  readonly name: string;
  /** JSON Schema of the request body; faults are reported with the field they are in. */
  readonly schema: JsonSchema;
  /** @throws OpenCompatError for what cannot be honoured without lying. */
  toCanonical(body: Body, context: RequestContext): CanonicalRequest;
  isStreaming(body: Body): boolean;
  /** Media type of the streamed answer. */
  readonly streamType: string;
  createStreamEncoder(body: Body, context: AnswerContext): StreamEncoder;
  createAnswerEncoder(body: Body, context: AnswerContext): AnswerEncoder;
  /** The error answer's JSON body. */
  errorBody(error: PublicError, id: string): unknown;
  /** The text that ends a stream which has already begun. */
  errorEvent(error: PublicError, id: string): string;
}
