/**
 * Turns an upstream's answer into the client's: translates it to the client's API, passes it on as it comes, or reads its
 * vectors. Handlers live as long as their stream, so they keep no reference to the request.
 */
import type { AnswerContext, AnswerKeeper, ClientApi } from '../apis/api.ts';
import { responsesUpstream } from '../apis/responses/decoder.ts';
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import { requestOfChoice } from '../canonical/choices.ts';
import type { EventTransform } from '../canonical/event-transform.ts';
import type { Quota } from '../canonical/quota.ts';
import { roughInputTokens, roughTokens } from '../canonical/tokens.ts';
import type { CanonicalEvent, CanonicalRequest, CanonicalUsage, EmbeddingsResult } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError, type PublicError } from '../errors.ts';
import { type Json, parseObject } from '../lenient-json.ts';
import type { Provider, ResolvedModel, UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import type { Recording } from '../recorder/recording.ts';
import { type AnswerEnd, endOfResponse, worseEnd } from './answer-end.ts';
import type { ClientAnswer } from './client-answer.ts';
import { countRequests, createEmulations } from './emulations.ts';
import { type EventsOptions, readEvents } from './read-events.ts';
import { readWhole } from './read-whole.ts';
import { type RelayOptions, relayAnswer } from './relay.ts';
import { BodySink, type ClosableSink, StreamSink } from './sink.ts';
import { createSseReader } from './sse.ts';

/** Takes the upstream's answer for one choice; resolves when the choice has ended. */
export type AnswerHandler = (answer: UpstreamAnswer, choice: number) => Promise<void>;

/** Is given the vectors of an answer. */
export type VectorTask = (result: EmbeddingsResult) => void;

/** What an answer reads from its exchange, and writes to it. */
export interface AnsweredExchange {
  readonly model: ResolvedModel;
  readonly signal: AbortSignal;
  /** The client's body as sent. */
  readonly body: unknown;
  readonly request: CanonicalRequest;
  readonly upstream: UpstreamRequest;
  readonly transforms: readonly EventTransform[];
  readonly vectorTasks: readonly VectorTask[];
  /** Sees what the transforms change. */
  readonly recording?: Recording;
  readonly isStreaming: boolean;
  /** Milliseconds on the `performance.now()` clock. */
  readonly timings: { upstreamFirstMs?: number; upstreamEndMs?: number };
  usage?: CanonicalUsage;
  /** The upstream has told none: `usage` is our own guess. */
  isUsageEstimated?: boolean;
  credits?: number;
  /** How the answer ended, once it has. */
  answerEnd?: AnswerEnd;
  /** Returns the text that ends a stream with an error. */
  failStream: ((error: PublicError) => string) | undefined;
}

export interface AnswerOptions {
  api: ClientApi;
  context: AnswerContext;
  /** Where the answer goes. */
  client: ClientAnswer;
  /** Is given what a vendor event of the answer tells of the provider's quota. */
  onQuota(quota: Quota): void;
  /** Aborted: the answer is to end between two of its items. */
  earlyEnd?: AbortSignal | undefined;
  limits: Pick<Config, 'upstreamIdleTimeout' | 'maxEventBytes' | 'maxEventLines' | 'maxAnswerBytes' | 'maxStreamBytes'>;
}

/** What every kind of answer needs for reading. */
type Shared = Pick<
  RelayOptions & EventsOptions,
  'providerTitle' | 'idleTimeoutMs' | 'maxEventBytes' | 'maxEventLines' | 'maxAnswerBytes' | 'maxStreamBytes' | 'signal'
>;

/** Returns the handler for the upstream's answers to the exchange's current request. */
export function createAnswerHandler(exchange: AnsweredExchange, options: AnswerOptions): AnswerHandler {
  const { model, signal, request, upstream, transforms, isStreaming } = exchange;
  const { limits } = options;
  const shared: Shared = {
    providerTitle: model.provider.title,
    idleTimeoutMs: upstream.idleTimeoutMs ?? limits.upstreamIdleTimeout * 1000,
    maxEventBytes: limits.maxEventBytes,
    maxEventLines: limits.maxEventLines,
    maxAnswerBytes: limits.maxAnswerBytes,
    maxStreamBytes: limits.maxStreamBytes,
    signal,
  };
  if (request.embeddings) {
    const read = upstream.readEmbeddings;
    return (answer) => takeEmbeddings(answer, exchange, shared, { ...options, read });
  }
  const isRelayed = upstream.isPassThrough && transforms.length === 0;
  let takeEvents: AnswerHandler | undefined;
  return (answer, choice) => {
    if (isRelayed && isAsAskedFor(answer, isStreaming)) return relay(answer, exchange, shared, options);
    takeEvents ??= openEvents(exchange, shared, options);
    return takeEvents(answer, choice);
  };
}

function noteCredits(exchange: AnsweredExchange, event: Json): void {
  const credits = exchange.model.provider.readCredits?.(event);
  if (credits !== undefined) exchange.credits = (exchange.credits ?? 0) + credits;
}

function noteFirst({ timings }: AnsweredExchange): void {
  timings.upstreamFirstMs ??= performance.now();
}

/** @param usage as the upstream tells it; else about how many bytes of text the answer held */
function noteEnd(exchange: AnsweredExchange, usage: CanonicalUsage | (() => number), end: AnswerEnd = 'ok'): void {
  exchange.answerEnd = worseEnd(exchange.answerEnd, end);
  exchange.timings.upstreamEndMs = performance.now();
  if (typeof usage === 'function') exchange.isUsageEstimated = true;
  const told = typeof usage === 'function' ? estimateUsage(exchange.request, usage()) : usage;
  exchange.usage = addUsage(exchange.usage, told);
}

function estimateUsage(request: CanonicalRequest, textBytes: number): CanonicalUsage {
  return usageOf(roughInputTokens(request), roughTokens(textBytes));
}

function addUsage(sum: CanonicalUsage | undefined, usage: CanonicalUsage): CanonicalUsage {
  if (!sum) return usage;
  return {
    input_tokens: sum.input_tokens + usage.input_tokens,
    input_tokens_details: {
      ...usage.input_tokens_details,
      cached_tokens: (sum.input_tokens_details?.cached_tokens ?? 0) + (usage.input_tokens_details?.cached_tokens ?? 0),
    },
    output_tokens: sum.output_tokens + usage.output_tokens,
    output_tokens_details: {
      reasoning_tokens:
        (sum.output_tokens_details?.reasoning_tokens ?? 0) + (usage.output_tokens_details?.reasoning_tokens ?? 0),
    },
    total_tokens: sum.total_tokens + usage.total_tokens,
  };
}

/** Is the answer of the kind, stream or JSON, that the client waits for? (Streams often lack their media type.) */
function isAsAskedFor({ headers }: UpstreamAnswer, isStreaming: boolean): boolean {
  const type = String(headers['content-type'] ?? '');
  return isStreaming ? !type.includes('json') : !type.includes('event-stream');
}

/** Emulates what the backends lack (stop sequences, token limits), before any plugin sees the events. */
function builtInTransforms({ request: whole, upstream }: AnsweredExchange, choice: number): EventTransform[] {
  const request = requestOfChoice(whole, choice);
  const transforms: EventTransform[] = [];
  const { restoreEvent } = upstream;
  if (restoreEvent) transforms.push((event, emit) => emit(restoreEvent(event)));
  for (const { transform } of createEmulations(request, upstream)) transforms.push(transform);
  return transforms;
}

/** Reads canonical events for the client API's encoder. */
function openEvents(exchange: AnsweredExchange, shared: Shared, options: AnswerOptions): AnswerHandler {
  const { model, upstream, request } = exchange;
  const { id, createdS } = options.context;
  // Each choice has transforms of its own.
  const count = countRequests(request, upstream);
  const transforms = Array.from({ length: count }, (_, choice) => {
    const all = [...builtInTransforms(exchange, choice), ...exchange.transforms];
    return exchange.recording?.tapTransforms(all) ?? all;
  });
  const sink = openSink(exchange, options);
  return createEventHandler(exchange, sink, transforms, {
    ...shared,
    onQuota: options.onQuota,
    earlyEnd: options.earlyEnd && { signal: options.earlyEnd, request },
    api: upstream.api ?? responsesUpstream,
    facts: { id, createdS, model: model.id, provider: model.provider.name },
  });
}

function openSink(exchange: AnsweredExchange, { api, context, client, limits }: AnswerOptions): ClosableSink {
  if (!exchange.isStreaming) {
    return new BodySink(client, api.createAnswerEncoder(exchange.body, context), limits.maxAnswerBytes);
  }
  const sink = new StreamSink(client, api.createStreamEncoder(exchange.body, context));
  exchange.failStream = (error) => sink.fail(error);
  return sink;
}

function createEventHandler(
  exchange: AnsweredExchange,
  sink: ClosableSink,
  transforms: readonly EventTransform[][],
  options: Shared & Pick<EventsOptions, 'api' | 'facts' | 'earlyEnd'> & Pick<AnswerOptions, 'onQuota'>,
): AnswerHandler {
  const { provider } = exchange.model;
  let openChoices = transforms.length;
  return async (answer, choice) => {
    try {
      await readEvents(answer, choice, {
        ...options,
        facts: { ...options.facts, id: choice ? `${options.facts.id}_${choice}` : options.facts.id },
        sink,
        transforms: transforms[choice]!,
        onVendorEvent(event) {
          const quota = provider.readVendorEvent?.(event);
          if (quota) options.onQuota(quota);
          noteCredits(exchange, event);
        },
        onFirstEvent: () => noteFirst(exchange),
        onComplete(response) {
          const textBytes = () => Buffer.byteLength(JSON.stringify(response.output));
          noteEnd(exchange, response.usage ?? textBytes, endOfResponse(response));
          openChoices -= 1;
          if (openChoices === 0) sink.finish();
        },
      });
    } catch (error) {
      sink.stop();
      throw error;
    }
  };
}

function relay(
  answer: UpstreamAnswer,
  exchange: AnsweredExchange,
  shared: Shared,
  { api, context, client }: AnswerOptions,
): Promise<void> {
  const { isStreaming, upstream } = exchange;
  const { readUsage, endMark } = upstream.api ?? responsesUpstream;
  const keeper = context.keepMessage && api.createKeeper?.(context.keepMessage);
  let keepalive = '';
  if (isStreaming) {
    const encoder = api.createStreamEncoder(exchange.body, context);
    keepalive = encoder.keepalive;
    exchange.failStream = (error) => encoder.fail(error, client.hasBegun);
  }
  return relayAnswer(answer, {
    ...shared,
    isStreaming,
    client,
    onFirstBytes: () => noteFirst(exchange),
    onComplete(tail, end, textBytes) {
      noteEnd(exchange, (tail && readUsage?.(tail)) || textBytes, end);
      if (tail) noteCredits(exchange, tail);
      if (tail && !isStreaming) keeper?.takeWhole(tail);
    },
    tap: keeper && createTap(keeper, shared),
    keepalive,
    endMark,
  });
}

/** Reads a stream beside its way to the client. */
function createTap(keeper: AnswerKeeper, limits: Shared): (bytes: Buffer) => void {
  const reader = createSseReader((data) => {
    const event = parseObject(data);
    if (event) keeper.takeEvent(event);
  }, limits);
  let isReadable = true;
  return (bytes) => {
    try {
      if (isReadable) reader.feed(bytes);
    } catch {
      // Too large an event is passed on all the same; the answer is not kept.
      isReadable = false;
    }
  };
}

async function takeEmbeddings(
  answer: UpstreamAnswer,
  exchange: AnsweredExchange,
  shared: Shared,
  { api, context, client, read }: AnswerOptions & { read: UpstreamRequest['readEmbeddings'] },
): Promise<void> {
  const { body, model, request } = exchange;
  const bytes = await readWhole(answer, { ...shared, onFirstBytes: () => noteFirst(exchange) });
  const result = readEmbeddings(model.provider, bytes, request.embeddings?.input.length ?? 0, read);
  noteEnd(exchange, toEmbeddingsUsage(result) ?? (() => 0));
  for (const see of exchange.vectorTasks) see(result);
  client.endWhole(Buffer.from(JSON.stringify(api.encodeEmbeddings!(result, body, context))));
}

/** @throws OpenCompatError OC_UPSTREAM_INVALID, or the failure that the answer holds despite its status 200 */
function readEmbeddings(
  provider: Provider,
  bytes: Buffer,
  count: number,
  read = (body: Json) => provider.readEmbeddings!(body),
): EmbeddingsResult {
  const fail = (reason: string, cause?: unknown) =>
    new OpenCompatError('OC_UPSTREAM_INVALID', { provider: provider.title, api: 'Embeddings', reason }, { cause });
  const parsed = parseObject(bytes.toString());
  if (!parsed) throw fail('it cannot be read');
  if (parsed.error)
    throw errorFromFailedEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent, provider.title);
  let result: EmbeddingsResult;
  try {
    result = read(parsed);
  } catch (cause) {
    if (cause instanceof OpenCompatError) throw cause;
    throw fail('it holds no list of vectors', cause);
  }
  if (result.vectors.length !== count) throw fail(`it holds ${result.vectors.length} vectors for ${count} inputs`);
  return result;
}

function toEmbeddingsUsage({ inputTokens }: EmbeddingsResult): CanonicalUsage | undefined {
  return inputTokens === undefined ? undefined : usageOf(inputTokens, 0);
}
