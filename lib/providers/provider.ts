import type { Readable } from 'node:stream';
import type { UpstreamApi } from '../apis/api.ts';
import type { Quota } from '../canonical/quota.ts';
import type {
  CanonicalEvent,
  CanonicalRequest,
  CanonicalUsage,
  EmbeddingsResult,
  ReasoningEffort,
} from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Secret } from '../secret.ts';
import type { Lessons } from './lessons.ts';

export interface ModelInfo {
  /** Bare slug, as the provider names it. */
  id: string;
  /** Unix seconds; 0 where the provider does not say. */
  createdS: number;
  ownedBy: string;
  displayName?: string;
  /** Efforts that the model takes, weakest first; empty if it does not reason. */
  efforts: ReasoningEffort[];
  defaultEffort?: ReasoningEffort;
  /** Tokens. */
  contextWindow?: number;
  /** Served, but not shown in lists. */
  isHidden?: boolean;
  hasParallelToolCalls?: boolean;
  hasVerbosity?: boolean;
  hasReasoningSummaries?: boolean;
  serviceTiers?: string[];
  inputModalities?: string[];
  hasTools?: boolean;
  /** Tokens. */
  maxOutputTokens?: number;
  /** When its end was announced, and when it comes, in Unix seconds. */
  deprecatedAtS?: number;
  retiresAtS?: number;
  /** The model's purpose; absent: it generates text. */
  purpose?: 'embeddings' | 'images';
}

/** A model as a plugin gives it: what it leaves out is filled in. */
export type ProvidedModel = Pick<ModelInfo, 'id'> & Partial<ModelInfo>;

/** A model name resolved to its provider and model. */
export interface ResolvedModel {
  /** As the client wrote it. */
  requested: string;
  /** The provider's bare slug. */
  id: string;
  provider: Provider;
  info: ModelInfo;
  /** From a suffix of the name (`gpt-5-high`), or less, to spare the provider's quota. */
  effort?: ReasoningEffort;
  /** `effort` was lowered to spare the provider's quota. */
  isEffortLowered?: true;
  /** The model is in no list, and its provider's list is unknown: only a request can tell whether it exists. */
  isUnlisted?: true;
  /** Nobody lists the model of that name; this one answers in its place. */
  isStandIn?: true;
}

/** The request to the upstream. `rewrite-request` builds it, `inject-auth` puts in the credentials, `proxy` sends it. */
export interface UpstreamRequest {
  method: string;
  url: URL;
  /** Lower-case names. Secrets stay wrapped until the bytes are written. */
  headers: Record<string, string | Secret>;
  /** JSON text. */
  body: string;
  /** Restores in the answer's events the names that building the request changed; absent: it changed none. */
  restoreEvent?: (event: CanonicalEvent) => CanonicalEvent;
  /** The API that the answer comes in. Default: Responses. */
  api?: UpstreamApi;
  /** Parameters that the upstream honours itself, so that this server need not emulate them. */
  honours?: readonly ('stop' | 'max_output_tokens')[];
  /** The body is the client's own (`BuildContext.raw`), so the answer may be passed on as it comes. */
  isPassThrough?: boolean;
  /**
   * The body holds everything of the client's own (`BuildContext.raw`), so the upstream judges the parts that this server would
   * refuse; the answer is still translated. Implied by `isPassThrough`.
   */
  hasRawBody?: boolean;
  /** Reads the answer to a request for vectors, instead of the provider's `readEmbeddings`. */
  readEmbeddings?: (body: Record<string, unknown>) => EmbeddingsResult;
  /** Longest silence in milliseconds, instead of the configured `upstreamIdleTimeout`. */
  idleTimeoutMs?: number;
}

/** The client's request as it was sent, where only its model has to change. */
export interface RawRequest {
  /** Name of the API. */
  api: string;
  body: Readonly<Record<string, unknown>>;
  /** Those of the request's headers that belong to the body, by the API (`ClientApi.isBodyHeader`). */
  headers?: Readonly<Record<string, string>>;
}

/** The upstream's answer: an IncomingMessage of the proxied request, or a stream with the same fields from inside the process. */
export interface UpstreamAnswer extends Readable {
  statusCode?: number;
  headers: Record<string, string | string[] | undefined>;
  /** Does each `data` event hold all that one read of the connection brought? Default: one event for each piece of it. */
  readonly isReadInOnePiece?: boolean;
  /** Takes the place of `destroy` where the answer is given up for a fault of ours: a capture wants the rest of it. */
  readOn?(): void;
}

/**
 * An answer from inside the process: a stream, or texts and bytes from a generator or a list. What it throws while it is read
 * ends the answer: an `OpenCompatError` as it is. Default: status 200, without headers.
 */
export type ProviderAnswer = (AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>) &
  Partial<Pick<UpstreamAnswer, 'statusCode' | 'headers'>>;

export interface BuildContext {
  model: ResolvedModel;
  /** The exchange's id. */
  id: string;
  /** Hash of the client key, or the client's address; keeps one client's prompt cache from another's. */
  clientId: string;
  log: Logger;
  /** Names a parameter of the canonical form that this provider cannot take (`x-opencompat-ignored`). */
  ignore(param: string): void;
  /** Name of the API that the client speaks. */
  clientApi?: string;
  /** Set when no plugin has read the request, and its body alone decides on the form of the answer. */
  raw?: RawRequest;
  /** What the exchange was told in refusals so far. */
  lessons?: Lessons;
}

/** `raw` is there where the client's own body was passed on. */
export interface AmendContext extends BuildContext {
  /** What was refused. */
  sent: UpstreamRequest;
}

export interface Readiness {
  isReady: boolean;
  /** A sign-in exists, even if it no longer works. */
  hasCredentials?: boolean;
  /** Why it is not ready, in words for the operator. Never a secret. */
  reason?: string;
  /** When its sign-in was made or last refreshed, in Unix milliseconds; absent: not known. */
  renewedAtMs?: number;
  /** What a restart would end, in words for the operator: a renewed sign-in that could not be saved. Never a secret. */
  warning?: string;
}

/**
 * `current`: the provider's own list, as young as the configuration has it. `old`: one that may lack models by now, or one
 * that the operator wrote. `missing`: what the provider has is not known.
 */
export type ListState = 'current' | 'old' | 'missing';

/** Someone who answers requests: an HTTP backend, or the built-in demo. */
export interface Provider {
  /** Name in `provider/model` and in logs. */
  readonly name: string;
  /** As people call it, for messages: "ChatGPT". */
  readonly title: string;
  /** Name of the built-in provider that it is; set when it is opened. Absent: a plugin. */
  readonly type?: string;

  /** The models known now, without waiting; refreshed in the background. Never throws. */
  models(): readonly ModelInfo[];
  /** How far `models()` can be believed. Absent: always `current`. Never throws. */
  listState?(): ListState;
  /** Asks the provider for its models. @throws OpenCompatError */
  refreshModels?(signal?: AbortSignal): Promise<void>;
  /**
   * The assumed facts of a model that `models()` lacks but a client asked for with this provider's prefix (a model newer than
   * the list). Undefined, or absent: there is no such model.
   * @example
   * unlistedModel: (id) => (id.startsWith('parrot-') ? { id, createdS: 0, ownedBy: 'parrot', efforts: [] } : undefined)
   */
  unlistedModel?(id: string): ModelInfo | undefined;
  /**
   * Called for an unknown name, or while the list is empty: asks for the models once more, if there may be new ones. Undefined:
   * there is nothing to wait for. Never rejects, and ends within seconds.
   */
  lookForModels?(): Promise<void> | undefined;
  /** The model to run for a picture (with the tool `image_generation`). Undefined, or absent: no model draws. */
  drawingModel?(): ModelInfo | undefined;
  /** What is known now, without waiting. */
  readiness(): Readiness;
  /**
   * Called before `readiness()` is shown: looks for a sign-in that another process has made or ended, unless it has looked just
   * now. Undefined: there is nothing to wait for. Never rejects.
   * @param isUrgent a request fails without a sign-in: it looks even if it just has
   */
  lookForSignIn?(isUrgent?: boolean): Promise<void> | undefined;

  /**
   * Translates a canonical request to the upstream's API, by an allow-list of what the backend accepts. Pure, except that it
   * may read caches.
   * @example
   * buildRequest: ({ input }, { model }) => ({
   *   method: 'POST',
   *   url: new URL('https://parrot.example/v1/responses'),
   *   headers: { 'content-type': 'application/json' },
   *   body: JSON.stringify({ model: model.id, input, stream: true, store: false }),
   * })
   */
  buildRequest(request: CanonicalRequest, context: BuildContext): UpstreamRequest;

  /** A request for `request.embeddings`. Absent: the provider has none. @throws OpenCompatError */
  buildEmbeddings?(request: CanonicalRequest, context: BuildContext): UpstreamRequest;
  /** Reads the answer to it. @throws SyntaxError for a malformed answer */
  readEmbeddings?(body: Record<string, unknown>): EmbeddingsResult;

  /**
   * Where a request to a path of OpenAI's API (`/audio/speech`) goes that this server passes on unread, and with which headers.
   * Undefined, or absent: the provider takes none to this path. Never throws.
   */
  buildForward?(path: string): Pick<UpstreamRequest, 'url' | 'headers' | 'idleTimeoutMs'> | undefined;

  /** Asks for the number of input tokens of a client's own body, for a model of this provider. Absent: it is counted here. */
  countTokens?(raw: RawRequest, model: Pick<ResolvedModel, 'id'>, signal: AbortSignal): Promise<number>;

  /**
   * Puts credentials into the headers. With `rejected` (the headers that the upstream answered with 401) it must renew them.
   * Resolves to false when it has no better ones. `request` is the request of the headers, for credentials that also decide on
   * its URL.
   * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN
   */
  authorize?(
    headers: UpstreamRequest['headers'],
    rejected?: UpstreamRequest['headers'],
    request?: UpstreamRequest,
  ): Promise<boolean>;

  /** Answers inside the process instead of over HTTP. A plugin's may be async. */
  answer?(request: UpstreamRequest, signal: AbortSignal): ProviderAnswer | Promise<ProviderAnswer>;

  /** A non-2xx answer as an error for the client. `body` holds at most 64 KiB. */
  toError(status: number, headers: UpstreamAnswer['headers'], body: string): OpenCompatError;

  /**
   * After a refusal and before the first byte: the request changed so that the upstream may accept it, the same request to have
   * only its body built anew, or undefined to give up. Asked a few times per exchange.
   */
  amendRequest?(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined;
  /** The same for the client's own body, where that was passed on; asked before `amendRequest`. */
  amendRaw?(raw: RawRequest, error: OpenCompatError, context: AmendContext): RawRequest | undefined;

  /** Headers of its answers that clients of its own kind read, in lower case: the client is given them as they come. */
  readonly toldHeaders?: readonly string[];

  /** The quota in the answer's headers, or in a vendor event outside the API. */
  readQuota?(headers: UpstreamAnswer['headers']): Quota | undefined;
  readVendorEvent?(event: { type: string; [key: string]: unknown }): Quota | undefined;
  /**
   * Asks the provider for all of its quota, besides what answers tell. Absent: there is nothing to ask.
   * @throws OpenCompatError
   */
  fetchQuota?(): Promise<Quota>;
  /** What an answer has cost in units of the provider's own: from a vendor event, or from the last event of an answer. */
  readCredits?(event: Readonly<Record<string, unknown>>): number | undefined;
  /** The same for an answer that does not tell it, by what the provider says of the model's prices. */
  estimateCredits?(model: string, usage: CanonicalUsage): number | undefined;

  close?(): void | Promise<void>;
}

/** A provider as a plugin creates it. Its name is the configuration's, whatever it says; its title is that name by default. */
export interface ProvidedProvider extends Omit<Provider, 'name' | 'title' | 'type' | 'models' | 'unlistedModel'> {
  readonly name?: string;
  readonly title?: string;
  models(): readonly ProvidedModel[];
  unlistedModel?(id: string): ProvidedModel | undefined;
}
