import type { Readable } from 'node:stream';
import type { UpstreamApi } from '../apis/api.ts';
import type { Quota } from '../canonical/quota.ts';
import type { CanonicalEvent, CanonicalRequest, EmbeddingsResult, ReasoningEffort } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Secret } from '../secret.ts';

export interface ModelInfo {
  /** Bare slug, as the provider names it. */
  id: string;
  /** Unix seconds; 0 where the provider does not say. */
  createdS: number;
  ownedBy: string;
  displayName?: string;
  /** Efforts the model takes, weakest first; empty when it does not reason. */
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
  /** What the model is for; absent: to answer. */
  purpose?: 'embeddings' | 'images';
}

/** A model name resolved to who serves it. */
export interface ResolvedModel {
  /** As the client wrote it. */
  requested: string;
  /** The provider's bare slug. */
  id: string;
  provider: Provider;
  info: ModelInfo;
  /** From a suffix of the name (`gpt-5-high`). */
  effort?: ReasoningEffort;
  /** Nobody lists it, and its provider could not be asked for its list: only a request tells whether it exists. */
  isUnlisted?: true;
}

/** What is sent upstream. Built by rewrite-request, credentials put in by inject-auth, sent by proxy. */
export interface UpstreamRequest {
  method: string;
  url: URL;
  /** Lower-case names. Secrets stay wrapped until the bytes are written. */
  headers: Record<string, string | Secret>;
  /** JSON text. */
  body: string;
  /** Undoes in the answer's events what building the request did to names; absent where nothing was changed. */
  restoreEvent?: (event: CanonicalEvent) => CanonicalEvent;
  /** The API that the answer comes in. Default: Responses. */
  api?: UpstreamApi;
  /** What the upstream sees to itself, so that it need not be emulated here. */
  honours?: readonly ('stop' | 'max_output_tokens')[];
  /** The body is the client's own (`BuildContext.raw`), so the answer may be passed on as it comes. */
  isPassThrough?: boolean;
  /**
   * The body holds all that the client's own has (`BuildContext.raw`), so that what this server would refuse in it is for the
   * upstream to judge; its answer is read all the same. A body that is passed through holds it anyway.
   */
  hasRawBody?: boolean;
  /** Longest silence in milliseconds, where it is another than the configuration's `upstreamIdleTimeout`. */
  idleTimeoutMs?: number;
}

/** The client's request as it was sent, when nothing but the model need be changed in it. */
export interface RawRequest {
  /** Name of the API. */
  api: string;
  body: Readonly<Record<string, unknown>>;
}

/** The upstream's answer: an IncomingMessage of the proxied request, or the same three things from inside the process. */
export interface UpstreamAnswer extends Readable {
  statusCode?: number;
  headers: Record<string, string | string[] | undefined>;
}

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
  /** There when no plugin has looked at the request, and nothing but its body says how it is to be answered. */
  raw?: RawRequest;
}

/** `raw` is there where the client's own body was passed on. */
export interface AmendContext extends BuildContext {
  /** What was refused. */
  sent: UpstreamRequest;
}

export interface Readiness {
  isReady: boolean;
  /** Somebody has signed in, even if that no longer works. */
  hasCredentials?: boolean;
  /** Why not, in words for the operator. Never a secret. */
  reason?: string;
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

  /** What is known now, without waiting; refreshed behind the scenes. Never throws. */
  models(): readonly ModelInfo[];
  /** How far `models()` can be believed. Absent: always `current`. Never throws. */
  listState?(): ListState;
  /** Asks the provider for its models. @throws OpenCompatError */
  refreshModels?(signal?: AbortSignal): Promise<void>;
  /**
   * What to take a model for that `models()` lacks but a client asked for with this provider's name in front (a model
   * newer than the list). Undefined, or absent: there is no such model.
   */
  unlistedModel?(id: string): ModelInfo | undefined;
  /**
   * Somebody asked for a name that nobody knows, or for a list that is empty still: asks for the models once more, where
   * there may be new ones. Undefined: there is nothing to wait for. Never rejects, and ends within seconds.
   */
  lookForModels?(): Promise<void> | undefined;
  /** The model to run for a picture (with the tool `image_generation`). Undefined, or absent: none of them draws. */
  drawingModel?(): ModelInfo | undefined;
  /** What is known now, without waiting. */
  readiness(): Readiness;
  /**
   * Somebody wants to know whether the provider is ready: looks for a sign-in made or ended by another process, unless it
   * has looked just now. Undefined: there is nothing to wait for. Never rejects.
   * @param isUrgent a request fails without a sign-in: it looks even if it just has
   */
  lookForSignIn?(isUrgent?: boolean): Promise<void> | undefined;

  /** Canonical to wire, by an allow-list of what the backend accepts. Pure but for caches it may read. */
  buildRequest(request: CanonicalRequest, context: BuildContext): UpstreamRequest;

  /** A request for `request.embeddings`. Absent: the provider has none. @throws OpenCompatError */
  buildEmbeddings?(request: CanonicalRequest, context: BuildContext): UpstreamRequest;
  /** The answer to it. @throws SyntaxError for what is none */
  readEmbeddings?(body: Record<string, unknown>): EmbeddingsResult;

  /**
   * Puts credentials into the headers. With `rejected` (the headers the upstream answered 401 to) it must renew them;
   * false: there is nothing better to send. `request` is the one that the headers are of, for credentials that say where
   * to ask as well.
   * @throws OpenCompatError OC_NO_CREDENTIALS, OC_SIGN_IN_AGAIN
   */
  authorize?(
    headers: UpstreamRequest['headers'],
    rejected?: UpstreamRequest['headers'],
    request?: UpstreamRequest,
  ): Promise<boolean>;

  /** Answers inside the process instead of over HTTP. */
  answer?(request: UpstreamRequest, signal: AbortSignal): UpstreamAnswer;

  /** A non-2xx answer as an error for the client. `body` holds at most 64 KiB. */
  toError(status: number, headers: UpstreamAnswer['headers'], body: string): OpenCompatError;

  /**
   * After a refusal and before the first byte: the request changed so that it may pass, the same one where it has to be built
   * anew only, or undefined to give up. Asked a few times per exchange.
   */
  amendRequest?(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined;
  /** The same for the client's own body, where that was passed on; asked before `amendRequest`. */
  amendRaw?(raw: RawRequest, error: OpenCompatError, context: AmendContext): RawRequest | undefined;

  /** Quota told by the answer's headers, or by a vendor event that is not part of the API. */
  readQuota?(headers: UpstreamAnswer['headers']): Quota | undefined;
  readVendorEvent?(event: { type: string; [key: string]: unknown }): Quota | undefined;

  close?(): void | Promise<void>;
}
