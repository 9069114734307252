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

/** What an answer's translation may look at besides the events. All but the clock is fixed before the first event. */
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
  /** For an API whose answers can be asked for later: takes the complete answer, once, when it has ended. */
  keep?(response: CanonicalResponse): void;
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
  /** The text that ends a stream which has already begun, instead of `finish`. */
  fail(error: PublicError): string;
  /** What may be sent at any time to keep the connection alive while the model is silent; '' when there is no such thing. */
  readonly keepalive: string;
}

/** The same for an answer that is not streamed: takes all events, then gives the whole body. */
export interface AnswerEncoder {
  add(event: CanonicalEvent, choice: number): void;
  finish(): unknown;
}

/** What keeps an event stream alive: a comment of one line with ONE newline. Some SDK releases raise on a block without data. */
export const sseKeepalive = ': ping\n';

/** What an error's wording may draw on. */
export interface ErrorFacts {
  request: CanonicalRequest;
  /** The model's, in tokens, where that is known. */
  contextWindow?: number;
}

/** What this server itself needs of a request that it passes on. */
export interface RequestOutline<Body = unknown> {
  /** Without the parts named here the request cannot be passed on either. */
  readonly schema: JsonSchema;
  /** The request as far as it is understood. @throws OpenCompatError for what this server itself cannot do */
  toCanonical(body: Body, context: RequestContext): CanonicalRequest;
}

/**
 * An API that clients speak. Everything here is pure: no clock, no network, no randomness. An API with several requests
 * (a chat and a count of its tokens) has one of these for each, all of one name: they share a chain.
 */
export interface ClientApi<Body = unknown> {
  /** As in the configuration: `chat-completions`. */
  readonly name: string;
  /** Paths that begin so are this API's, also those that do not exist: what is said of them has its shape. `/api/`. */
  readonly pathPrefix?: string;
  /** JSON Schema of the request body; faults are reported with the field they are in. */
  readonly schema: JsonSchema;
  /** @throws OpenCompatError for what cannot be honoured without lying. */
  toCanonical(body: Body, context: RequestContext): CanonicalRequest;
  /**
   * How a body is read that the two above refuse, since an upstream of the same API may be given it as it is and judges it
   * itself. Absent: what they refuse is refused.
   */
  readonly outline?: RequestOutline<Body>;
  isStreaming(body: Body): boolean;
  /** Media type of the streamed answer. */
  readonly streamType: string;
  createStreamEncoder(body: Body, context: AnswerContext): StreamEncoder;
  createAnswerEncoder(body: Body, context: AnswerContext): AnswerEncoder;
  /** The answer to a request for embeddings (`CanonicalRequest.embeddings`). */
  encodeEmbeddings?(result: EmbeddingsResult, body: Body, context: AnswerContext): unknown;
  /**
   * Request headers by which a client changes what its body asks for or how it is answered. Without any of them, an
   * upstream that speaks the same API may be given the body as it is, and its answer passed on as it comes.
   */
  readonly shapingHeaders?: readonly string[];
  /** What a parameter of the canonical form is called here, where that is something else. */
  nameParam?(param: string): string;
  /** Its answers can be asked for later, and its requests can go on from them. */
  readonly isStateful?: true;
  /** Does the body hold nothing that only this server understands? Absent: always. */
  isPortable?(body: Body): boolean;
  /** The error answer's JSON body. `facts` where the request got far enough for them. */
  errorBody(error: PublicError, id: string, facts?: ErrorFacts): unknown;
  /** The HTTP status of an error, where this API has another one than the table of errors. */
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
  onEvent(event: CanonicalEvent): void;
  /** Events outside the API, such as `codex.rate_limits`. */
  onVendorEvent(event: { type: string }): void;
}

/**
 * Turns an upstream's answer into canonical events, every one of them held to its type. A failure is given as an `error`
 * or `response.failed` event. Everything throws SyntaxError for what cannot be understood.
 */
export interface StreamDecoder {
  /** The data of one server-sent event. */
  decode(data: string): void;
  /** The stream has ended. Completes an answer whose API has no other sign of its end. */
  end(): void;
  /** An answer that came whole, as JSON, although a stream was asked for. Absent: such an answer can only be an error. */
  decodeWhole?(body: Record<string, unknown>): void;
}

/** An API that upstreams speak. Pure, as `ClientApi` is. */
export interface UpstreamApi {
  /** The same as the client API's, where there is one. */
  readonly name: string;
  /** For messages: "Responses". */
  readonly title: string;
  createDecoder(options: DecoderOptions): StreamDecoder;
  /** What the end of a whole stream holds, for streams that are passed on. Default: `[DONE]`, or a `finish_reason`. */
  readonly endMark?: RegExp;
  /** The usage that an answer tells which is passed on as it comes: from its last event, or the whole of it. */
  readUsage?(tail: Record<string, unknown>): CanonicalUsage | undefined;
}
