import type { AnswerFacts } from '../canonical/event-writer.ts';
import type {
  CanonicalEvent,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalUsage,
  EmbeddingsResult,
} from '../canonical/types.ts';
import type { PublicError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';

/** What a request's translation may read besides the body. */
export interface RequestContext {
  /** Lower-case names, as Node gives them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Configured defaults for what a request leaves out. */
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

/** What an answer's translation may read besides the events. All but the clock is fixed before the first event. */
export interface AnswerContext extends RequestContext {
  /** Unique per exchange, without a prefix; an API makes its answer id from it (`chatcmpl-…`). */
  id: string;
  /** Unix time in seconds. */
  createdS: number;
  /** The model as the client wrote it. */
  model: string;
  /** When the request came: Unix time in milliseconds, with a fraction. */
  receivedMs: number;
  /** The time now, on the same clock. */
  nowMs(): number;
  request: CanonicalRequest;
  /** Stores the complete answer; called once, at its end, by APIs whose answers can be retrieved later. */
  keep?(response: CanonicalResponse): void;
  /** The same for the complete message, by the Messages API. */
  keepMessage?: KeepMessage;
}

export type KeepMessage = (message: { id: string; content: readonly object[] }) => void;

/** Reads an answer of its API that is passed on as it comes, so that it can be kept. */
export interface AnswerKeeper {
  takeEvent(event: Readonly<Record<string, unknown>>): void;
  /** The answer in one piece. */
  takeWhole(body: Readonly<Record<string, unknown>>): void;
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
  /**
   * The text that ends a stream whose head has gone, instead of `finish`.
   * @param isJoined the stream has begun with what an upstream wrote, and this encoder knows nothing of it
   */
  fail(error: PublicError, isJoined?: boolean): string;
  /** Text that may be sent at any time to keep the connection alive while the model is silent; '' where the API has none. */
  readonly keepalive: string;
}

/** The same for an answer in one piece: takes all events, then returns the whole body. */
export interface AnswerEncoder {
  add(event: CanonicalEvent, choice: number): void;
  finish(): unknown;
}

/** A comment of one line with ONE newline keeps an event stream alive: some SDK releases raise on a block without data. */
export const sseKeepalive = ': ping\n';

/** Facts for the wording of an error. */
export interface ErrorFacts {
  request: CanonicalRequest;
  /** The model's context window in tokens, where known. */
  contextWindow?: number;
}

/** The part of a request that this server reads although it passes the request on. */
export interface RequestOutline<Body = unknown> {
  /** The parts that even a request that is passed on must have. */
  readonly schema: JsonSchema;
  /**
   * The request as far as it is understood.
   * @throws OpenCompatError for parameters that need this server and that it does not support
   */
  toCanonical(body: Body, context: RequestContext): CanonicalRequest;
}

/**
 * An API that clients speak. Everything here is pure: no clock, no network, no randomness. An API with several kinds of request
 * (a chat, and a count of its tokens) has a `ClientApi` for each, all with the same name: they share a chain.
 */
export interface ClientApi<Body = unknown> {
  /** As in the configuration: `chat-completions`. */
  readonly name: string;
  /** All paths with this prefix belong to the API, so that errors for unknown ones have its shape: `/api/`. */
  readonly pathPrefix?: string;
  /** JSON Schema of the request body; faults are reported with the field they are in. */
  readonly schema: JsonSchema;
  /** @throws OpenCompatError for a parameter that can be neither honoured nor dropped without a wrong answer */
  toCanonical(body: Body, context: RequestContext): CanonicalRequest;
  /**
   * Reads a body that `schema` or `toCanonical` refuses: an upstream of the same API may be given it unchanged, and judge it.
   * Absent: such a body is refused.
   */
  readonly outline?: RequestOutline<Body>;
  isStreaming(body: Body): boolean;
  /** Media type of the streamed answer. */
  readonly streamType: string;
  createStreamEncoder(body: Body, context: AnswerContext): StreamEncoder;
  createAnswerEncoder(body: Body, context: AnswerContext): AnswerEncoder;
  /** For answers that are passed on and kept (`AnswerContext.keepMessage`). */
  createKeeper?(keep: KeepMessage): AnswerKeeper;
  /** The answer to a request for embeddings (`CanonicalRequest.embeddings`). */
  encodeEmbeddings?(result: EmbeddingsResult, body: Body, context: AnswerContext): unknown;
  /**
   * Request headers with which a client changes its request or the form of the answer. Without them, an upstream of the same
   * API may be given the body unchanged, and its answer passed on as it comes.
   */
  readonly shapingHeaders?: readonly string[];
  /** Does a request header belong to the body? It goes along where the body is passed on. Absent: none does. */
  isBodyHeader?(name: string): boolean;
  /** This API's name for a parameter of the canonical form, where it differs in such a body. */
  nameParam?(param: string, body: unknown): string;
  /** Its answers can be retrieved later, and its requests can go on from them. */
  readonly isStateful?: true;
  /** Would another server of this API understand the body? Absent: always. */
  isPortable?(body: Body): boolean;
  /**
   * The error answer's JSON body.
   * @param facts are given once the request has been read
   * @param body the client's, as far as it was parsed
   */
  errorBody(error: PublicError, id: string, facts?: ErrorFacts, body?: unknown): unknown;
  /** The HTTP status of an error, where this API's differs from the table of errors. */
  errorStatus?(error: PublicError): number;
  /**
   * Does a request to a path that belongs to no API (a list of models, a path that is not served) come from a client of
   * this one? It then gets errors that it can read.
   */
  isSpokenBy?(headers: RequestContext['headers']): boolean;
  /** Further headers that every answer of this API has, such as a request id by another name. */
  answerHeaders?(id: string): Record<string, string>;
}

/** Facts that an upstream's stream may lack and a canonical answer needs. */
export interface DecoderOptions extends AnswerFacts {
  /** Name of the provider, for state that only it may be given back. */
  readonly provider?: string;
  onEvent(event: CanonicalEvent): void;
  /** Events outside the API, such as `codex.rate_limits`. */
  onVendorEvent(event: { type: string }): void;
}

/**
 * Turns an upstream's answer into canonical events, each checked against its type. A failure becomes an `error` or
 * `response.failed` event. All methods throw SyntaxError for malformed data.
 */
export interface StreamDecoder {
  /** The data of one server-sent event. */
  decode(data: string): void;
  /** The stream has ended. Completes an answer whose API has no other sign of its end. */
  end(): void;
  /** Decodes an answer that came whole, as JSON, instead of as a stream. Absent: such an answer can only be an error. */
  decodeWhole?(body: Record<string, unknown>): void;
}

/** An API that upstreams speak. Pure, as `ClientApi` is. */
export interface UpstreamApi {
  /** The same as the client API's, if clients can speak it too. */
  readonly name: string;
  /** For messages: "Responses". */
  readonly title: string;
  createDecoder(options: DecoderOptions): StreamDecoder;
  /** Matches the end of a complete stream, for streams that are passed on. Default: `[DONE]`, or a `finish_reason`. */
  readonly endMark?: RegExp;
  /** Reads the usage of an answer that is passed on, from its last event or its whole JSON. */
  readUsage?(tail: Record<string, unknown>): CanonicalUsage | undefined;
}
