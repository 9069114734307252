/** Requests to one server: their API, address and body. */
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { toChatBody } from '../../apis/chat-completions/upstream-request.ts';
import { restoreCustomCalls } from '../../apis/chat-completions/upstream-tools.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { Json } from '../../lenient-json.ts';
import type { BuildContext, UpstreamRequest } from '../provider.ts';
import { isOpenAi, toBaseUrl } from './base-url.ts';
import { toEmbeddingsBody } from './embeddings.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
import { chatOptionsFor, forChat, toPassedBody, toResponsesBody } from './request.ts';

/** How long this server remembers that an upstream has no Responses API: an upgrade may add it. */
const absenceMs = 3_600_000;

/** Answers for a missing path; some servers use 400 or 501 (seen 2026). */
const absentStatuses: ReadonlySet<number> = new Set([404, 405, 501]);
const absentMessage =
  /not found|unknown (?:url|path|endpoint|route)|no (?:such )?route|unexpected endpoint|not (?:supported|implemented)|invalid url/i;

export class ServerRequests {
  readonly #options: OpenAiCompatibleOptions;
  readonly #baseUrl: string;
  readonly #identity: UpstreamRequest['headers'];
  readonly #now: () => number;
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
  }

  /** A request for an answer, in the client's own API where the server has that. */
  build(request: CanonicalRequest, context: BuildContext): UpstreamRequest {
    const { model, raw } = context;
    if (raw && raw.api === chatUpstream.name) {
      return this.#post('/chat/completions', toPassedBody(raw, model), { api: chatUpstream, isPassThrough: true });
    }
    if (this.#speaksResponses(context)) {
      return this.#post('/responses', toResponsesBody(request, context), {
        api: responsesUpstream,
        hasRawBody: raw !== undefined,
        honours: ['max_output_tokens'],
      });
    }
    const chatOptions = chatOptionsFor(context, isOpenAi(this.#baseUrl));
    return this.#post('/chat/completions', toChatBody(forChat(request, context), chatOptions), {
      api: chatUpstream,
      honours: ['stop', 'max_output_tokens'],
      restoreEvent: restoreCustomCalls(request, chatOptions),
    });
  }

  buildEmbeddings(request: CanonicalRequest, { model }: Pick<BuildContext, 'model'>): UpstreamRequest {
    return this.#post('/embeddings', toEmbeddingsBody(request, model.id));
  }

  /**
   * Does the refusal mean that the server has no Responses API? Then that API is avoided for a while.
   * @param status that the server refused with
   */
  learnFrom(error: OpenCompatError, status: number, context: BuildContext): boolean {
    if (this.#options.responses !== 'auto' || !this.#speaksResponses(context)) return false;
    const isAbsent = absentStatuses.has(status) || (status === 400 && absentMessage.test(error.message));
    if (!isAbsent || error.code === 'OC_UPSTREAM_MODEL_NOT_FOUND') return false;
    this.#hasNoResponsesUntilMs = this.#now() + absenceMs;
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
