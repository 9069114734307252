/**
 * The public contract of the chain: what a middleware is, what it is given, and what travels along the chain.
 * Every built-in box (`middleware/*.ts`) uses this and nothing else.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AnswerEnd } from '../answer/answer-end.ts';
import type { AnswerHandler } from '../answer/answer-handler.ts';
import type { ClientApi } from '../apis/api.ts';
import type { Emit, EventTransform } from '../canonical/event-transform.ts';
import type { Quota } from '../canonical/quota.ts';
import type { CanonicalRequest, CanonicalResponse, CanonicalUsage, ReasoningEffort } from '../canonical/types.ts';
import type { Config } from '../config/schema.ts';
import type { OpenCompatError, PublicError } from '../errors.ts';
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { ResponseStore } from '../kept/response-store.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Availability } from '../models/availability.ts';
import type { Provider, ResolvedModel, UpstreamRequest } from '../providers/provider.ts';
import type { RedisConnection } from '../storage/redis.ts';

/** Milliseconds on the `performance.now()` clock. */
export interface Timings {
  readonly receivedMs: number;
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

/** One request and its answer, on their way along the chain. The only thing that boxes share. */
export interface Exchange {
  /** From the client's `x-request-id` when it is usable, else made here. Set by `request-id`. */
  id: string;
  /** What the answer's id is made from: `id`, unless a box has a reason to give it another. */
  answerId: string;
  /** The API the client speaks; undefined on pages such as `/health`. */
  readonly api?: ClientApi;
  readonly log: Logger;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly timings: Timings;
  /**
   * What tells this client from others: the hash of its client key, else its address. Limits, caches and kept answers go by
   * it. Never shown.
   */
  clientId: string;
  /** The client key's name, else its address: who is asking, in words for people. */
  clientName: string;
  /** The JSON body as sent. @throws before `parse-body` */
  body: unknown;
  /** The request in canonical form. @throws before `validate` */
  request: CanonicalRequest;
  /**
   * Why the body cannot be translated. `request` is then an outline, and only an upstream of the client's own API can be
   * asked, with the body as it is; every other provider, and a plugin that reads `request`, ends in this error.
   */
  fault: OpenCompatError | undefined;
  /** Those of `ignored` that the translation has dropped: an upstream that is given the body as it is has them. */
  untranslated: ReadonlySet<string>;
  /** @throws before `resolve-model` */
  model: ResolvedModel;
  /** The same for those who only report: undefined before `resolve-model`. */
  readonly resolvedModel: ResolvedModel | undefined;
  /** @throws before `rewrite-request` */
  upstream: UpstreamRequest;
  /** Is the answer a stream? Set by `validate`. */
  isStreaming: boolean;
  /** Parameters that were dropped, as the client named them. */
  ignored: ReadonlySet<string>;
  ignore(param: string): void;
  /** Adds a transform; they run in the order in which they were added. Call it before the chain's `proxy`. */
  onEvent(transform: EventTransform): void;
  readonly transforms: readonly EventTransform[];
  /**
   * Builds the upstream request for a choice (default: the first) from `request` and `model`; what is built for the first
   * conversation is `upstream`. Set by `rewrite-request`, called again when a provider amends the request.
   */
  buildUpstream: (choice?: number) => UpstreamRequest;
  /**
   * Puts credentials into an upstream request (default: `upstream`). Set by `inject-auth`; `true` renews them after a 401
   * and tells whether that helped.
   */
  authorize: (isRenewal: boolean, upstream?: UpstreamRequest) => Promise<boolean>;
  /**
   * Begins an answer to the client: gives what takes the upstream's. Set by `rewrite-response`. Called again when the
   * request goes to another provider, as long as nothing has been sent.
   */
  openAnswer: () => AnswerHandler;
  /** Where the request goes when `model` cannot answer it, in order (an alias with a list). Set by `resolve-model`. */
  fallbacks: readonly ResolvedModel[];
  /** The effort that the client itself asked for, which a suffix of the model's name outweighs. Set by `resolve-model`. */
  askedEffort: ReasoningEffort | null | undefined;
  /** The stream has begun and must end with an error: gives the text that does it. Set by `rewrite-response`. */
  failStream: ((error: PublicError) => string) | undefined;
  /** Takes the complete answer of an API whose answers can be asked for later. Set by whoever keeps them. */
  keepAnswer: ((response: CanonicalResponse) => void) | undefined;
  /** Has a plugin read, and so perhaps changed, the request in canonical form? */
  readonly isRequestShared: boolean;
  /** Lets go of what only the request phase needed, so that a live stream does not hold a prompt of megabytes. */
  releaseRequest(): void;
  /** Lets go of the upstream, as when the client leaves. */
  abort(reason: unknown): void;
  /** As the upstream told it at the end; summed over choices. */
  usage?: CanonicalUsage;
  quota?: Quota;
  /** How the answer ended, once it has and nothing has failed. */
  answerEnd?: AnswerEnd;
  /** What has failed so far, the oldest first. */
  readonly trials: readonly Trial[];
  noteTrial(trial: Trial): void;
  /** What the client was told, when the exchange failed. */
  readonly error?: OpenCompatError;
}

/** What the server gives to each middleware when it is created. */
export interface Services {
  /** The effective configuration, read-only. Secrets in it are `Secret`s. */
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly providers: readonly Provider[];
  /** Where several servers share their state, when the configuration says so. */
  readonly redis: RedisConnection | undefined;
  /** Which models have said that it is no use to ask them for a while. */
  readonly availability: Availability;
  /** Answers that are kept to be asked for later; undefined: none are. */
  readonly responses: ResponseStore | undefined;
  /** The client APIs that are served. */
  readonly apis: readonly ClientApi[];
  /** For work that need not be done before the server listens: called once when it does. */
  onListening(task: () => void | Promise<void>): void;
  /** For what `create` opened: called when the server stops. */
  onClose(task: () => void | Promise<void>): void;
}

export type Handler = (req: Request, res: Response, next: NextFunction) => void | Promise<void>;

export interface MiddlewareDefinition<S extends JsonSchema = JsonSchema> {
  /** kebab-case, unique in a chain. */
  readonly name: string;
  /** Boxes that must stand before this one. Checked when the chain is built. */
  readonly after?: readonly string[];
  /** Boxes that must stand behind this one. Checked when the chain is built. */
  readonly before?: readonly string[];
  /** JSON Schema of the options; checked by ajv with defaults filled in; gives `options` its type. Absent: it has none. */
  readonly options?: S;
  /** It may wait as long as it likes before it answers or calls `next` (it has a time limit of its own). Default false. */
  readonly mayWait?: boolean;
  /** Called once for each set of options; the chains of all APIs share the handler. Gives an ordinary Express handler. */
  create(options: FromSchema<S>, services: Services): Handler | Promise<Handler>;
  /** The server stops. For what belongs to one `create`, see `Services.onClose`. */
  close?(): void | Promise<void>;
}

export interface Middleware<S extends JsonSchema = JsonSchema> extends MiddlewareDefinition<S> {
  readonly kind: 'middleware';
}

/** Identity, plus types: declares a middleware. */
export function defineMiddleware<const S extends JsonSchema>(definition: MiddlewareDefinition<S>): Middleware<S> {
  return { kind: 'middleware', ...definition };
}

declare global {
  namespace Express {
    interface Request {
      /** This request's exchange; there from the first box on. */
      exchange: Exchange;
    }
  }
}

export type { AnswerHandler, Emit, EventTransform, NextFunction, Request, RequestHandler, Response };
