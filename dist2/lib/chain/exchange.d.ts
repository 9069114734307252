import type { Request, Response } from 'express';
import type { AnswerEnd } from '../answer/answer-end.ts';
import type { AnswerSource } from '../answer/given-answer.ts';
import { type ChangeText, type TextPattern } from '../answer/transforms/text-transform.ts';
import type { ClientApi } from '../apis/api.ts';
import type { Quota } from '../canonical/quota.ts';
import { type MapText, type RequestText } from '../canonical/request-texts.ts';
import type { CanonicalRequest, CanonicalResponse, CanonicalUsage, ReasoningEffort } from '../canonical/types.ts';
import { OpenCompatError, type PublicError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ResolvedModel, UpstreamRequest } from '../providers/provider.ts';
import type { Recording } from '../recorder/recording.ts';
import { type ExchangeEnd } from './hooks.ts';
import type { AnswerHandler, EventTransform, Exchange, RequestTrace, Timings, TraceContext, Trial } from './middleware.ts';
/** The exchange behind the contract's interface. Reading a field before its box has set it throws a clear error. */
export declare class HttpExchange implements Exchange {
    #private;
    readonly api?: ClientApi;
    readonly timings: Timings;
    readonly traceContext: TraceContext | undefined;
    clientId: string;
    clientName: string;
    clientKey: Exchange['clientKey'];
    isStreaming: boolean;
    isResumption?: boolean;
    isHandedOver?: boolean;
    isCounted?: boolean;
    awaitAnswer: Exchange['awaitAnswer'];
    isHeadAlone: boolean;
    answers: number;
    usage?: CanonicalUsage;
    isUsageEstimated?: boolean;
    credits?: number;
    trace?: RequestTrace;
    recording?: Recording;
    quota?: Quota;
    toldHeaders?: Exchange['toldHeaders'];
    answerEnd?: AnswerEnd;
    charge?: Exchange['charge'];
    isExplained: boolean;
    /** Name of the box that is running: errors of a transform name the box that added it. */
    box: string;
    /** Is that box a plugin? */
    isPluginAtWork: boolean;
    givenAnswer: AnswerSource | undefined;
    /** Why there is no model, where the request goes on without one. */
    modelFault: unknown;
    fault: OpenCompatError | undefined;
    untranslated: ReadonlySet<string>;
    fallbacks: readonly ResolvedModel[];
    askedEffort: ReasoningEffort | null | undefined;
    keepAnswer: ((response: CanonicalResponse) => void) | undefined;
    keepMessage: Exchange['keepMessage'];
    failStream: ((error: PublicError) => string) | undefined;
    /** The error that the client was given, for the access log. */
    error?: OpenCompatError;
    constructor(log: Logger, api?: ClientApi, traceContext?: TraceContext);
    get id(): string;
    set id(id: string);
    get answerId(): string;
    set answerId(answerId: string);
    /** Made on first use: most exchanges log nothing but their access-log line. */
    get log(): Logger;
    get signal(): AbortSignal;
    /** Aborts the upstream: the client has left, or the answer has failed. */
    abort(reason: unknown): void;
    get ignored(): ReadonlySet<string>;
    set ignored(params: ReadonlySet<string>);
    ignore(param: string): void;
    get transforms(): readonly EventTransform[];
    onEvent(transform: EventTransform): void;
    onText(change: ChangeText | TextPattern): void;
    answer(source: AnswerSource): void;
    onEnd(task: (end: ExchangeEnd) => void | Promise<void>): void;
    onError(task: (error: OpenCompatError) => void | Promise<void>): void;
    /** The client is told of this error. */
    noteError(error: OpenCompatError): void;
    /** @param isWhole has all of the answer been handed to the client? */
    noteEnd(status: number, isWhole: boolean): void;
    get trials(): readonly Trial[];
    noteTrial(trial: Trial): void;
    get body(): unknown;
    set body(body: unknown);
    /** The body as far as there is one. Never throws. */
    get parsedBody(): unknown;
    get request(): CanonicalRequest;
    set request(request: CanonicalRequest);
    texts(): readonly RequestText[];
    mapText(map: MapText): void;
    get hasTokenInput(): boolean;
    get isRequestShared(): boolean;
    get model(): ResolvedModel;
    set model(model: ResolvedModel);
    /** The model as far as it is known, for logs. Never throws. */
    get resolvedModel(): ResolvedModel | undefined;
    get upstream(): UpstreamRequest;
    set upstream(upstream: UpstreamRequest);
    get buildUpstream(): Exchange['buildUpstream'];
    set buildUpstream(build: Exchange['buildUpstream']);
    get authorize(): Exchange['authorize'];
    set authorize(authorize: Exchange['authorize']);
    get openAnswer(): () => AnswerHandler;
    set openAnswer(open: () => AnswerHandler);
    releaseRequest(): void;
    noteBegin(): void;
}
/** Puts a new exchange on a request and ties its life to the connection. */
export declare function openExchange(req: Request, res: Response, log: Logger, api?: ClientApi): HttpExchange;
