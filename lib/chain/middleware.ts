/**
 * The public contract of the chain: what a middleware is, what it is given, and what travels along the chain. The built-in
 * boxes (`middleware/*.ts`) use the same contract.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AnswerEnd } from '../answer/answer-end.ts';
import type { AnswerHandler, VectorTask } from '../answer/answer-handler.ts';
import type { AnswerSource } from '../answer/given-answer.ts';
import type { ChangeText, TextPattern } from '../answer/transforms/text-transform.ts';
import type { ClientApi, KeepMessage } from '../apis/api.ts';
import type { Emit, EventTransform } from '../canonical/event-transform.ts';
import type { Quota } from '../canonical/quota.ts';
import type { MapText, RequestText } from '../canonical/request-texts.ts';
import type { CanonicalRequest, CanonicalResponse, CanonicalUsage, ReasoningEffort } from '../canonical/types.ts';
import type { Config } from '../config/schema.ts';
import type { OpenCompatError, PublicError } from '../errors.ts';
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { ResponseStore } from '../kept/response-store.ts';
import type { Lasting } from '../lasting.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Availability } from '../models/availability.ts';
import type { Provider, ResolvedModel, UpstreamRequest } from '../providers/provider.ts';
import type { QuotaBook } from '../quota/quota-book.ts';
import type { Reserves } from '../quota/reserves.ts';
import type { Recording } from '../recorder/recording.ts';
import type { Scheduler } from '../scheduler.ts';
import type { PluginState } from '../storage/plugin-state.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { ClientKey } from '../usage/client-keys.ts';
import type { KeyCharging } from '../usage/key-limits.ts';
import type { Ledger } from '../usage/ledger.ts';
import type { UsageReader } from '../usage/usage-reader.ts';
import type { Handler } from './handler.ts';
import type { ExchangeEnd } from './hooks.ts';
import type { PluginRoute } from './plugin-routes.ts';

/** Milliseconds on the `performance.now()` clock. */
export interface Timings {
  readonly receivedMs: number;
  /** The body was read, checked, and put into canonical form. */
  validatedMs?: number;
  /** The model was found. */
  resolvedMs?: number;
  /** The upstream request was sent. */
  upstreamSentMs?: number;
  /** The upstream's response head arrived. */
  upstreamHeadMs?: number;
  /** The upstream's first substantial event arrived. */
  upstreamFirstMs?: number;
  /** The first byte of the answer was handed to the client's socket. */
  firstByteMs?: number;
  /** The upstream's stream ended. */
  upstreamEndMs?: number;
}

/** One question to an upstream that got no answer. */
export interface Trial {
  readonly model: ResolvedModel;
  readonly error: OpenCompatError;
  /** HTTP status of the upstream's refusal; absent where none came. */
  readonly status?: number;
}

/** The headers of W3C Trace Context (https://www.w3.org/TR/trace-context/), by their names. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** The span of one request to an upstream. */
export interface AttemptTrace {
  /** For the headers of the request. */
  readonly context: TraceContext | undefined;
  /** The upstream has answered with this status. */
  answered(status: number | undefined): void;
  failed(error: unknown): void;
}

/** The spans of one exchange. */
export interface RequestTrace {
  /** @param upstream where the request goes */
  startAttempt(exchange: Exchange, upstream: { readonly url: URL }): AttemptTrace;
  /** Ends the spans of the attempts whose answers have been read, or, with an error, could not be. */
  endAttempts(exchange: Exchange, error?: unknown): void;
}

/** One request and its answer on their way along the chain: all that boxes share. */
export interface Exchange {
  /** The client's `x-request-id` when it is usable, else a new one. Set by `request-id`. */
  id: string;
  /** The answer's id is made from this: `id`, unless a box sets another. */
  answerId: string;
  /** The API the client speaks; undefined on pages such as `/health`. */
  readonly api?: ClientApi;
  readonly log: Logger;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly timings: Timings;
  /** The client's `traceparent` and `tracestate`, which the upstream is given; undefined where they are missing or not valid. */
  readonly traceContext: TraceContext | undefined;
  /** The capture that is being made; undefined where nothing is recorded. */
  recording?: Recording;
  /** The request's spans; undefined where nothing is traced. Set by `access-log`. */
  trace?: RequestTrace;
  /**
   * Identifies the client: the hash of its client key, else its address. Limits, caches and kept answers go by it. Never shown.
   * '' until the client has been let in.
   */
  clientId: string;
  /** The client key's name, else its address: for people to read. */
  clientName: string;
  /** The client key, with what it may use. Undefined where the server asks for none. */
  clientKey: ClientKey | undefined;
  /** The request is explained, not sent: nothing is to be counted, told or changed on its account. */
  readonly isExplained: boolean;
  /** The JSON body as sent. @throws before `parse-body` */
  body: unknown;
  /** The request in canonical form. @throws before `validate` */
  request: CanonicalRequest;
  /**
   * Every text of `request` that a model may get to see, in order: instructions, messages, every prompt of a list, texts to embed,
   * tools' arguments, outputs and descriptions, and so on. A change is made with `mapText`. @throws as `request`
   */
  texts(): readonly RequestText[];
  /**
   * Puts another text in the place of each of these. It reaches the upstream whatever API that speaks.
   * @example
   * exchange.mapText((text) => text.replaceAll('Project Falcon', 'the project'));
   */
  mapText(map: MapText): void;
  /** Some of the text came as the numbers of tokens (embeddings), which are none of `texts`. */
  readonly hasTokenInput: boolean;
  /**
   * Why the body cannot be translated. `request` is then an outline, and only an upstream of the client's own API can answer:
   * it gets the body unchanged. Any other provider, or a plugin that reads `request`, makes the request fail with this error.
   */
  fault: OpenCompatError | undefined;
  /** Those of `ignored` that only the translation drops: an upstream that is given the body unchanged receives them. */
  untranslated: ReadonlySet<string>;
  /** @throws before `resolve-model` */
  model: ResolvedModel;
  /** The same for logs and metrics: undefined before `resolve-model`. */
  readonly resolvedModel: ResolvedModel | undefined;
  /** @throws before `rewrite-request` */
  upstream: UpstreamRequest;
  /** The client asked for a stream. Set by `validate`. */
  isStreaming: boolean;
  /** The request goes on with the stream of an earlier one: it asks nothing of a model. */
  isResumption?: boolean;
  /** Another request of the server goes on in its place, and stands for it in logs, metrics and the ledger. */
  isHandedOver?: boolean;
  /** It goes on in the place of a request that `rate-limit` has counted. */
  isCounted?: boolean;
  /** Parameters that were dropped, as the client named them. */
  ignored: ReadonlySet<string>;
  ignore(param: string): void;
  /**
   * Adds a transform of the answer's events. Transforms run in the order of their adding. Call it before `proxy`.
   * @example
   * exchange.onEvent((event, emit) => {
   *   if (event.type !== 'response.reasoning_summary_text.delta') emit(event);
   * });
   */
  onEvent(transform: EventTransform): void;
  readonly transforms: readonly EventTransform[];
  /**
   * Changes the text of the answer: whole words, or the matches of a pattern, wherever the deltas are cut. Call it before `proxy`.
   * @example
   * exchange.onText({ pattern: /\b\d{16}\b/, maxLength: 18, replace: () => '[card]' });
   */
  onText(change: ChangeText | TextPattern): void;
  /** Sees the vectors of an answer to a request for embeddings, in the order of its inputs. Call it before `proxy`. */
  onVectors(task: VectorTask): void;
  readonly vectorTasks: readonly VectorTask[];
  /**
   * Answers in the place of an upstream: with a text, a text as it comes, output items, or vectors. The answer takes the way of
   * every answer, so that each API gets it in its form, streamed or whole. Call it before `rewrite-request`, then `next()`.
   */
  answer(source: AnswerSource): void;
  /** What `answer` was given. */
  readonly givenAnswer: AnswerSource | undefined;
  /** Is called once the client has the answer, or has left. */
  onEnd(task: (end: ExchangeEnd) => void | Promise<void>): void;
  /** Is called when the client is told of an error. */
  onError(task: (error: OpenCompatError) => void | Promise<void>): void;
  /**
   * Builds the upstream request for a choice (default: the first) from `request` and `model`; the one for the first
   * conversation becomes `upstream`. Set by `rewrite-request`, called again when a provider amends the request.
   */
  buildUpstream: (choice?: number) => UpstreamRequest;
  /**
   * Puts credentials into an upstream request (default: `upstream`). With `isRenewal`, after a 401, it renews them first.
   * Resolves to false when there are no better credentials. Set by `inject-auth`.
   */
  authorize: (isRenewal: boolean, upstream?: UpstreamRequest) => Promise<boolean>;
  /**
   * Begins an answer to the client, and returns the handler that takes the upstream's answer. Set by `rewrite-response`. Called
   * again when the request goes to another provider, as long as nothing has been sent.
   */
  openAnswer: () => AnswerHandler;
  /**
   * Begins to keep the client's connection alive, before any upstream has answered. Set by `rewrite-response`, called by
   * `proxy`; undefined where the client gets nothing before its answer.
   */
  awaitAnswer: (() => void) | undefined;
  /** The head has gone to a client that waits, but nothing of the answer: another model may still give it. */
  isHeadAlone: boolean;
  /**
   * Counts `answers` against the client's limits; undefined where there is nothing to wait for. Set by `rate-limit`, called by
   * `rewrite-request`. Rejects with OC_RATE_LIMITED, OC_KEY_REQUEST_LIMIT, OC_KEY_TOKEN_LIMIT, OC_KEY_COST_LIMIT.
   */
  charge?: () => Promise<void> | undefined;
  /** Where the request goes when `model` cannot answer it, in order (an alias with a list). Set by `resolve-model`. */
  fallbacks: readonly ResolvedModel[];
  /** The effort that the client itself asked for, which a suffix of the model's name outweighs. Set by `resolve-model`. */
  askedEffort: ReasoningEffort | null | undefined;
  /** Returns the text that ends a stream with an error, once the stream has begun. Set by `rewrite-response`. */
  failStream: ((error: PublicError) => string) | undefined;
  /** Takes the complete answer of an API whose answers can be retrieved later. Set by the box that stores them. */
  keepAnswer: ((response: CanonicalResponse) => void) | undefined;
  /** Takes the complete message that the client of the Messages API was given. Set by `restore-thread`. */
  keepMessage: KeepMessage | undefined;
  /** A plugin has read `request`, and so may have changed it. */
  readonly isRequestShared: boolean;
  /**
   * All requests have been sent: drops what only they needed as soon as the answer has begun too, so that an open stream does
   * not hold a prompt of megabytes.
   */
  releaseRequest(): void;
  /** The first of the answer is about to go: nothing is tried again from here. `rewrite-response` calls it. */
  noteBegin(): void;
  /** Aborts the upstream, as when the client leaves. */
  abort(reason: unknown): void;
  /** How many answers an upstream is asked for: `n` times the prompts. Set by `rewrite-request`. */
  answers: number;
  /** As the upstream reported it at the end, the sum over all choices; or estimated. */
  usage?: CanonicalUsage;
  /** The upstream has told none: `usage` is our own guess. */
  isUsageEstimated?: boolean;
  /** The same in the provider's own units, where it tells them: Copilot's AI credits. */
  credits?: number;
  quota?: Quota;
  /** Of the upstream's answer: the `toldHeaders` of its provider. */
  toldHeaders?: Readonly<Record<string, string>>;
  /** How the answer ended, once it has and nothing has failed. */
  answerEnd?: AnswerEnd;
  /** What has failed so far, the oldest first. */
  readonly trials: readonly Trial[];
  noteTrial(trial: Trial): void;
  /** The error that the client was given, when the exchange failed. */
  readonly error?: OpenCompatError;
}

/** What the server gives to each middleware when it is created. */
export interface Services {
  /** The effective configuration, read-only. Secrets in it are `Secret`s. */
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly providers: readonly Provider[];
  /** The state that several servers share; undefined when the configuration names no Redis. */
  readonly redis: RedisConnection | undefined;
  /** Which models cannot answer for a while, such as those out of quota. */
  readonly availability: Availability;
  /** The quota of the providers, as far as it is known. */
  readonly quotas: QuotaBook;
  /** What is done before a provider's quota is used up. */
  readonly reserves: Reserves;
  /** What client keys have used of their limits. */
  readonly keyCharging: KeyCharging;
  /** Takes a row for each request that has ended; undefined when the server keeps none. */
  readonly ledger: Ledger | undefined;
  /** Stored answers; undefined when the server stores none. */
  readonly responses: ResponseStore | undefined;
  /** What the ledger has of requests that have ended; never content. Undefined when the server keeps none. */
  readonly usage: UsageReader | undefined;
  /** Runs a task repeatedly, until the server stops or a reload replaces the middleware: at an interval in minutes, or by a cron expression. */
  readonly scheduler: Pick<Scheduler, 'schedule'>;
  /** What the plugin remembers of each client, over restarts, and in Redis where several servers share that. */
  readonly clientState: PluginState;
  /** The client APIs that are served. */
  readonly apis: readonly ClientApi[];
  /** What is to outlive a reload of the configuration, which creates every middleware anew. The names are its own. */
  readonly lasting: Lasting;
  /**
   * Serves a path of the middleware's own, behind the guard of its choice. Call it in `create`.
   * @throws TypeError for what is no usable route, Error for a path that is served already
   * @example
   * addRoute({ method: 'get', path: '/counts', guard: 'admin', handler: (_req, res) => res.json({ requests }) });
   */
  addRoute(route: PluginRoute): void;
  /** Registers work that can wait until the server listens: called once then, and after a reload before the first request. */
  onListening(task: () => void | Promise<void>): void;
  /**
   * Registers what closes the resources that `create` opened: called when the server stops, or after a reload when the last
   * request has ended that began before it.
   */
  onClose(task: () => void | Promise<void>): void;
}

export interface MiddlewareDefinition<S extends JsonSchema = JsonSchema> {
  /** kebab-case, unique in a chain. */
  readonly name: string;
  /** Boxes that must stand before this one. Checked when the chain is built. */
  readonly after?: readonly string[];
  /** Boxes that must stand after this one. Checked when the chain is built. */
  readonly before?: readonly string[];
  /** JSON Schema of the options; checked by ajv with defaults filled in; gives `options` its type. Absent: it has none. */
  readonly options?: S;
  /** It may take any time before it answers or calls `next`, because it has a time limit of its own. Default false. */
  readonly mayWait?: boolean;
  /**
   * Called once for each set of options, and again when a reload changes the configuration; the chains of all APIs share the
   * handler. Gives an ordinary Express handler.
   */
  create(options: FromSchema<S>, services: Services): Handler | Promise<Handler>;
  /** Called when the server stops, or no chain has it any more after a reload. Resources of one `create` belong to `Services.onClose`. */
  close?(): void | Promise<void>;
}

export interface Middleware<S extends JsonSchema = JsonSchema> extends MiddlewareDefinition<S> {
  readonly kind: 'middleware';
}

/**
 * Declares a middleware, and gives its options their types.
 * @example
 * export default defineMiddleware({
 *   name: 'answer-limit',
 *   options: { type: 'object', additionalProperties: false, properties: { tokens: { type: 'integer', default: 500 } } },
 *   create({ tokens }) {
 *     return function answerLimit({ exchange }, _res, next) {
 *       exchange.request.max_output_tokens ??= tokens;
 *       next();
 *     };
 *   },
 * });
 */
export function defineMiddleware<const S extends JsonSchema>(definition: MiddlewareDefinition<S>): Middleware<S> {
  return { kind: 'middleware', ...definition };
}

declare global {
  namespace Express {
    interface Request {
      /** This request's exchange, set before the first box runs. */
      exchange: Exchange;
    }
  }
}

export type { AnswerHandler, Emit, EventTransform, Handler, NextFunction, Request, RequestHandler, Response };
