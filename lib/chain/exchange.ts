import type { Request, Response } from 'express';
import type { AnswerEnd } from '../answer/answer-end.ts';
import type { VectorTask } from '../answer/answer-handler.ts';
import type { AnswerSource } from '../answer/given-answer.ts';
import { type ChangeText, createTextTransform, type TextPattern } from '../answer/transforms/text-transform.ts';
import type { ClientApi } from '../apis/api.ts';
import type { Quota } from '../canonical/quota.ts';
import {
  hasTokenInput,
  type MapText,
  mapRequestTexts,
  type RequestText,
  readRequestTexts,
} from '../canonical/request-texts.ts';
import type { CanonicalRequest, CanonicalResponse, CanonicalUsage, ReasoningEffort } from '../canonical/types.ts';
import { OpenCompatError, type PublicError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ResolvedModel, UpstreamRequest } from '../providers/provider.ts';
import type { Recording } from '../recorder/recording.ts';
import { type ExchangeEnd, Hooks } from './hooks.ts';
import type {
  AnswerHandler,
  EventTransform,
  Exchange,
  RequestTrace,
  Timings,
  TraceContext,
  Trial,
} from './middleware.ts';
import { asNamedError, runNamed } from './named-error.ts';
import { outcomeOf } from './outcome.ts';
import { readTraceContext } from './tracing.ts';

/** Shared by all exchanges on which nothing was dropped, so that the common case allocates nothing. */
const nothingIgnored: ReadonlySet<string> = new Set();
const noTransforms: readonly EventTransform[] = [];
const noTrials: readonly Trial[] = [];
const noVectorTasks: readonly VectorTask[] = [];
/** More than these say nothing new. */
const maxTrials = 32;

function notReady(field: string, middleware: string): OpenCompatError {
  return new OpenCompatError('OC_EXCHANGE_NOT_READY', { field, middleware });
}

/** The exchange behind the contract's interface. Reading a field before its box has set it throws a clear error. */
export class HttpExchange implements Exchange {
  readonly api?: ClientApi;
  readonly timings: Timings = { receivedMs: performance.now() };
  readonly traceContext: TraceContext | undefined;
  readonly #rootLog: Logger;
  #log: Logger | undefined;
  #id = '';
  #answerId: string | undefined;
  #abort: AbortController | undefined;
  #abortReason: unknown;
  #ignored: Set<string> | undefined;
  #trials: Trial[] | undefined;
  #body: unknown;
  #request: CanonicalRequest | undefined;
  #model: ResolvedModel | undefined;
  #onEnd: Hooks<ExchangeEnd> | undefined;
  #onError: Hooks<OpenCompatError> | undefined;
  #upstream: UpstreamRequest | undefined;
  #buildUpstream: Exchange['buildUpstream'] | undefined;
  #authorize: Exchange['authorize'] | undefined;
  #openAnswer: (() => AnswerHandler) | undefined;
  #isRequestShared = false;
  #isReleased = false;
  #hasBegun = false;
  clientId = '';
  clientName = '';
  clientKey: Exchange['clientKey'];
  isStreaming = false;
  isResumption?: boolean;
  isHandedOver?: boolean;
  isCounted?: boolean;
  awaitAnswer: Exchange['awaitAnswer'];
  isHeadAlone = false;
  answers = 1;
  usage?: CanonicalUsage;
  isUsageEstimated?: boolean;
  credits?: number;
  trace?: RequestTrace;
  recording?: Recording;
  quota?: Quota;
  toldHeaders?: Exchange['toldHeaders'];
  answerEnd?: AnswerEnd;
  charge?: Exchange['charge'];
  isExplained = false;
  /** Name of the box that is running: errors of a transform name the box that added it. */
  box = '';
  /** Is that box a plugin? */
  isPluginAtWork = false;
  givenAnswer: AnswerSource | undefined;
  transforms: readonly EventTransform[] = noTransforms;
  vectorTasks: readonly VectorTask[] = noVectorTasks;
  /** Why there is no model, where the request goes on without one. */
  modelFault: unknown;
  fault: OpenCompatError | undefined;
  untranslated = nothingIgnored;
  fallbacks: readonly ResolvedModel[] = [];
  askedEffort: ReasoningEffort | null | undefined;
  keepAnswer: ((response: CanonicalResponse) => void) | undefined;
  keepMessage: Exchange['keepMessage'];
  failStream: ((error: PublicError) => string) | undefined;
  /** The error that the client was given, for the access log. */
  error?: OpenCompatError;

  constructor(log: Logger, api?: ClientApi, traceContext?: TraceContext) {
    this.#rootLog = log;
    this.api = api;
    this.traceContext = traceContext;
  }

  get id(): string {
    return this.#id;
  }

  set id(id: string) {
    this.#id = id;
    this.#log = undefined;
  }

  get answerId(): string {
    return this.#answerId ?? this.#id;
  }

  set answerId(answerId: string) {
    this.#answerId = answerId;
  }

  /** Made on first use: most exchanges log nothing but their access-log line. */
  get log(): Logger {
    this.#log ??= this.#rootLog.child({ id: this.#id });
    return this.#log;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#abortReason !== undefined) this.#abort.abort(this.#abortReason);
    }
    return this.#abort.signal;
  }

  /** Aborts the upstream: the client has left, or the answer has failed. */
  abort(reason: unknown): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = reason ?? new Error('aborted');
    this.#abort?.abort(this.#abortReason);
  }

  get ignored(): ReadonlySet<string> {
    return this.#ignored ?? nothingIgnored;
  }

  set ignored(params: ReadonlySet<string>) {
    this.#ignored = params === nothingIgnored ? undefined : new Set(params);
  }

  ignore(param: string): void {
    this.#ignored ??= new Set();
    this.#ignored.add(param);
  }

  onEvent(transform: EventTransform): void {
    const { box } = this;
    this.recording?.noteTransform(box ?? '');
    const named: EventTransform = (event, emit, choice) => {
      try {
        transform(event, emit, choice);
      } catch (error) {
        throw asNamedError(error, box);
      }
    };
    this.transforms = [...this.transforms, named];
  }

  onText(change: ChangeText | TextPattern): void {
    this.onEvent(createTextTransform(change));
  }

  onVectors(task: VectorTask): void {
    const { box } = this;
    this.vectorTasks = [...this.vectorTasks, (result) => runNamed(box, () => task(result))];
  }

  answer(source: AnswerSource): void {
    this.givenAnswer = source;
    // The client's body is passed on to nobody.
    this.#isRequestShared = true;
  }

  onEnd(task: (end: ExchangeEnd) => void | Promise<void>): void {
    this.#onEnd ??= new Hooks();
    this.#onEnd.add(this.box, task);
  }

  onError(task: (error: OpenCompatError) => void | Promise<void>): void {
    this.#onError ??= new Hooks();
    this.#onError.add(this.box, task);
  }

  /** The client is told of this error. */
  noteError(error: OpenCompatError): void {
    this.error = error;
    this.#onError?.tell(error, this.log);
  }

  /** @param isWhole has all of the answer been handed to the client? */
  noteEnd(status: number, isWhole: boolean): void {
    this.#onEnd?.tell({ outcome: outcomeOf(this, isWhole), status, error: this.error }, this.log);
  }

  get trials(): readonly Trial[] {
    return this.#trials ?? noTrials;
  }

  noteTrial(trial: Trial): void {
    this.#trials ??= [];
    const isKnown = this.#trials.some(({ error }) => error === trial.error);
    if (!isKnown && this.#trials.length < maxTrials) this.#trials.push(trial);
  }

  get body(): unknown {
    if (this.#body === undefined) throw notReady('body', 'parse-body');
    return this.#body;
  }

  set body(body: unknown) {
    this.#body = body;
  }

  /** The body as far as there is one. Never throws. */
  get parsedBody(): unknown {
    return this.#body;
  }

  get request(): CanonicalRequest {
    if (!this.#request) throw notReady('request', 'validate');
    if (this.isPluginAtWork) {
      if (this.fault) throw this.fault;
      this.#isRequestShared = true;
    }
    return this.#request;
  }

  set request(request: CanonicalRequest) {
    this.#request = request;
    if (this.isPluginAtWork) this.#isRequestShared = true;
  }

  texts(): readonly RequestText[] {
    return readRequestTexts(this.request);
  }

  mapText(map: MapText): void {
    mapRequestTexts(this.request, map);
  }

  get hasTokenInput(): boolean {
    return hasTokenInput(this.request);
  }

  get isRequestShared(): boolean {
    return this.#isRequestShared;
  }

  get model(): ResolvedModel {
    if (!this.#model) throw this.modelFault ?? notReady('model', 'resolve-model');
    return this.#model;
  }

  set model(model: ResolvedModel) {
    this.#model = model;
  }

  /** The model as far as it is known, for logs. Never throws. */
  get resolvedModel(): ResolvedModel | undefined {
    return this.#model;
  }

  get upstream(): UpstreamRequest {
    if (!this.#upstream) throw notReady('upstream', 'rewrite-request');
    return this.#upstream;
  }

  set upstream(upstream: UpstreamRequest) {
    this.#upstream = upstream;
  }

  get buildUpstream(): Exchange['buildUpstream'] {
    if (!this.#buildUpstream) throw notReady('buildUpstream', 'rewrite-request');
    return this.#buildUpstream;
  }

  set buildUpstream(build: Exchange['buildUpstream']) {
    this.#buildUpstream = build;
  }

  get authorize(): Exchange['authorize'] {
    if (!this.#authorize) throw notReady('authorize', 'inject-auth');
    return this.#authorize;
  }

  set authorize(authorize: Exchange['authorize']) {
    this.#authorize = authorize;
  }

  get openAnswer(): () => AnswerHandler {
    if (!this.#openAnswer) throw notReady('openAnswer', 'rewrite-response');
    return this.#openAnswer;
  }

  set openAnswer(open: () => AnswerHandler) {
    this.#openAnswer = open;
  }

  releaseRequest(): void {
    this.#isReleased = true;
    this.#release();
  }

  noteBegin(): void {
    this.#hasBegun = true;
    this.isHeadAlone = false;
    this.#release();
  }

  #release(): void {
    if (!this.#isReleased || !this.#hasBegun) return;
    this.#body = undefined;
    this.#upstream = undefined;
    this.#openAnswer = undefined;
    this.#buildUpstream = undefined;
    this.#authorize = undefined;
  }
}

/** Puts a new exchange on a request and ties its life to the connection. */
export function openExchange(req: Request, res: Response, log: Logger, api?: ClientApi): HttpExchange {
  const exchange = new HttpExchange(log, api, readTraceContext(req.headers));
  req.exchange = exchange;
  res.once('close', () => {
    if (!res.writableFinished) exchange.abort(new Error('the client has left'));
    exchange.noteEnd(res.statusCode, res.writableFinished);
  });
  return exchange;
}
