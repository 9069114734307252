/** Requests to one server: their API, address and body. */
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { toChatBody } from '../../apis/chat-completions/upstream-request.ts';
import { restoreCustomCalls } from '../../apis/chat-completions/upstream-tools.ts';
import { completionsUpstream } from '../../apis/completions/decoder.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { Json } from '../../lenient-json.ts';
import { isReasoningRefusal, withoutReasoning } from '../amendments.ts';
import { fitBody, honouredWith, withUsage } from '../fit-body.ts';
import { RefusalMemory, type TakenFields } from '../model-notes.ts';
import type { AmendContext, BuildContext, UpstreamRequest } from '../provider.ts';
import { collectToolNames, inTurn, mapToolNames, renameTools } from '../tool-names.ts';
import { tellsOfPath } from './absent-path.ts';
import { isOpenAi, toBaseUrl } from './base-url.ts';
import { toEmbeddingsBody } from './embeddings.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
import { chatOptionsFor, forChat, toPassedBody, toResponsesBody } from './request.ts';

/** The Completions API's; also the note that a model is not asked there. */
const completionsPath = '/completions';
/** OpenAI, of a model that only chats. */
const chatModel = /\bchat model\b[\s\S]*\bcompletions\b/i;

/** How long this server remembers that an upstream has no Responses API: an upgrade may add it. */
const absenceMs = 3_600_000;

/** A refusal in the server's own words, before any advice was added to them. */
export interface ServerRefusal {
  status: number;
  message: string;
}

export class ServerRequests {
  readonly #options: OpenAiCompatibleOptions;
  readonly #baseUrl: string;
  readonly #identity: UpstreamRequest['headers'];
  readonly #now: () => number;
  readonly #refusals: RefusalMemory;
  #hasNoResponsesUntilMs = Number.NEGATIVE_INFINITY;

  /**
   * @param identity the headers that identify the sender
   * @param now Unix milliseconds
   */
  constructor(options: OpenAiCompatibleOptions, identity: UpstreamRequest['headers'], now: () => number) {
    this.#options = options;
    this.#baseUrl = toBaseUrl(options.baseURL);
    this.#identity = identity;
    this.#now = now;
    this.#refusals = new RefusalMemory(now);
  }

  /** A request for an answer, in the client's own API where the server has that. */
  build(request: CanonicalRequest, context: BuildContext): UpstreamRequest {
    const { model, raw, ignore } = context;
    const taken = this.#takenBy(context);
    // Names have to be put back into the answer, so that it has to be read.
    const isMapped = taken.omit.has('names') && mapToolNames(collectToolNames(request)).restoreEvent !== undefined;
    if (raw && raw.api === chatUpstream.name && !isMapped) {
      const passed = fitBody(toPassedBody(raw, model), taken, ignore);
      return this.#post('/chat/completions', passed, { api: chatUpstream, isPassThrough: true });
    }
    if (raw?.api === completionsUpstream.name && model.effort === undefined && !taken.omit.has(completionsPath)) {
      const passed = { ...raw.body, model: model.id };
      return this.#post(completionsPath, passed, { api: completionsUpstream, isPassThrough: true });
    }
    if (this.#speaksResponses(context)) {
      return this.#post('/responses', fitBody(toResponsesBody(request, context), taken, ignore), {
        api: responsesUpstream,
        hasRawBody: raw !== undefined,
        honours: taken.omit.has('max_output_tokens') ? [] : ['max_output_tokens'],
      });
    }
    return this.#buildChat(forChat(request, context), taken, context);
  }

  /** A translated request, with tool names that every server takes. */
  #buildChat(asked: CanonicalRequest, taken: TakenFields, context: BuildContext): UpstreamRequest {
    const names = mapToolNames(collectToolNames(asked));
    const request = renameTools(asked, names);
    const chatOptions = chatOptionsFor(context, isOpenAi(this.#baseUrl), taken);
    const { stream_options: streamOptions, ...body } = toChatBody(request, chatOptions);
    return this.#post('/chat/completions', withUsage(fitBody(body, taken, context.ignore), streamOptions, taken), {
      api: chatUpstream,
      honours: honouredWith(taken),
      restoreEvent: inTurn(restoreCustomCalls(request, chatOptions), names.restoreEvent),
    });
  }

  /** What the configuration and the server's own refusals say of a model. */
  #takenBy({ model, lessons }: Pick<BuildContext, 'model' | 'lessons'>): TakenFields {
    const { omit, efforts, reasoning } = this.#refusals.of(model.id, lessons);
    const { omit: configured = [], efforts: words, reasoning: field } = this.#options;
    return { omit: new Set([...configured, ...omit]), efforts: efforts ?? words, reasoning: reasoning ?? field };
  }

  buildEmbeddings(request: CanonicalRequest, { model }: Pick<BuildContext, 'model'>): UpstreamRequest {
    return this.#post('/embeddings', toEmbeddingsBody(request, model.id));
  }

  /** A request that this server passes on unread. */
  buildForward(path: string): Pick<UpstreamRequest, 'url' | 'headers' | 'idleTimeoutMs'> {
    const { url, headers, idleTimeoutMs } = this.#post(path, {});
    return { url, headers, idleTimeoutMs };
  }

  /**
   * After a refusal: remembers what it says of the server and the model.
   * @returns the request to build anew, or undefined to give up
   */
  amend(
    request: CanonicalRequest,
    error: OpenCompatError,
    refusal: ServerRefusal,
    context: AmendContext,
  ): CanonicalRequest | undefined {
    if (isReasoningRefusal(error)) return withoutReasoning(request);
    const isLearned =
      this.#refusesCompletions(refusal, context) ||
      this.#refusesResponses(request, error, refusal, context) ||
      this.#refusals.learn(error, context);
    return isLearned ? request : undefined;
  }

  /** Does it refuse the path of the Completions API, at all or for this model? Then the model is asked to chat. */
  #refusesCompletions({ status, message }: ServerRefusal, context: AmendContext): boolean {
    const { sent, model } = context;
    if (!sent.isPassThrough || !sent.url.pathname.endsWith(completionsPath)) return false;
    if (sent.url.pathname.endsWith(`/chat${completionsPath}`)) return false;
    if (!tellsOfPath(status, message, {}) && !chatModel.test(message)) return false;
    return this.#refusals.note(model.id, { fields: [completionsPath] }, context);
  }

  /** Does the refusal say that the server has no Responses API? Then it is not asked there for a while. */
  #refusesResponses(
    request: CanonicalRequest,
    { code }: OpenCompatError,
    { status, message }: ServerRefusal,
    context: AmendContext,
  ): boolean {
    if (this.#options.responses !== 'auto' || !this.#speaksResponses(context)) return false;
    if (code === 'OC_UPSTREAM_MODEL_NOT_FOUND' || !tellsOfPath(status, message, request)) return false;
    this.#hasNoResponsesUntilMs = this.#now() + absenceMs;
    context.log.info('the server has no Responses API; Chat Completions is used', {
      provider: context.model.provider.name,
    });
    return true;
  }

  #speaksResponses({ clientApi }: Pick<BuildContext, 'clientApi'>): boolean {
    const { responses } = this.#options;
    if (clientApi !== 'responses' || responses === false) return false;
    return responses === true || this.#now() >= this.#hasNoResponsesUntilMs;
  }

  #post(path: string, body: Json, rest: Partial<UpstreamRequest> = {}): UpstreamRequest {
    const accept = body.stream === true ? 'text/event-stream' : 'application/json';
    const { timeout } = this.#options;
    return {
      method: 'POST',
      url: new URL(`${this.#baseUrl}${path}`),
      headers: { 'content-type': 'application/json', accept, ...this.#identity },
      body: JSON.stringify(body),
      idleTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
      ...rest,
    };
  }
}
