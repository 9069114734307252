/** Requests to a server of Anthropic's API: the client's own where it speaks that API too, else translated ones. */
import { messagesUpstream } from '../../apis/messages/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { Json } from '../../lenient-json.ts';
import { isReasoningRefusal, withoutReasoning, withoutThinkingBlocks } from '../amendments.ts';
import { fitBody } from '../fit-body.ts';
import { isPassedOn, toTranslatedMessages, withModel } from '../messages-body.ts';
import { RefusalMemory } from '../model-notes.ts';
import type { AmendContext, BuildContext, RawRequest, UpstreamRequest } from '../provider.ts';
import type { AnthropicConfig } from './config.ts';
import { type AnthropicModel, toModelInfo } from './models.ts';
import type { AnthropicOptions } from './options.ts';

/** The version that every server of the API knows; clients of the API bring their own. */
export const anthropicVersion = '2023-06-01';

export class AnthropicRequests {
  readonly #options: AnthropicOptions;
  readonly #baseUrl: string;
  readonly #identity: UpstreamRequest['headers'];
  readonly #defaults: Pick<AnthropicConfig, 'reasoningEffort'>;
  readonly #modelOf: (id: string) => AnthropicModel;
  readonly #refusals: RefusalMemory;

  /**
   * @param identity the headers that identify the sender
   * @param now Unix milliseconds
   */
  constructor(
    options: AnthropicOptions,
    identity: UpstreamRequest['headers'],
    defaults: Pick<AnthropicConfig, 'reasoningEffort'>,
    models: () => readonly AnthropicModel[],
    now: () => number,
  ) {
    this.#options = options;
    this.#baseUrl = toBaseUrl(options.baseURL);
    this.#identity = identity;
    this.#defaults = defaults;
    this.#modelOf = (id) => models().find((model) => model.id === id) ?? toModelInfo(id);
    this.#refusals = new RefusalMemory(now);
  }

  build(request: CanonicalRequest, { model, raw, ignore, lessons }: BuildContext): UpstreamRequest {
    const taken = this.#refusals.of(model.id, lessons);
    const omit = new Set([...(this.#options.omit ?? []), ...taken.omit]);
    const context = { model, ignore, omit };
    if (isPassedOn(raw, model.effort, request, omit)) {
      return this.#post('/v1/messages', withModel(raw!, context), { isPassThrough: true }, raw);
    }
    const { thinking } = this.#modelOf(model.id);
    const { reasoningEffort: defaultEffort } = this.#defaults;
    const { body, ...rest } = toTranslatedMessages(request, { ...context, thinking, defaultEffort });
    return this.#post('/v1/messages', fitBody(body, { ...taken, omit }, ignore), rest);
  }

  /** A request for the number of tokens of a client's own body. */
  buildCount(raw: RawRequest, model: string): UpstreamRequest {
    return this.#post('/v1/messages/count_tokens', { ...raw.body, model }, {}, raw);
  }

  /** After a refusal: remembers what it says of the model. @returns the request to build anew, or undefined to give up */
  amend(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined {
    if (isReasoningRefusal(error)) return withoutReasoning(request);
    return this.#refusals.learn(error, context) ? request : undefined;
  }

  /** The same for a body that was passed on. */
  amendRaw(raw: RawRequest, error: OpenCompatError): RawRequest | undefined {
    return isReasoningRefusal(error) ? withoutThinkingBlocks(raw) : undefined;
  }

  #post(path: string, body: Json, rest: Partial<UpstreamRequest>, raw?: RawRequest): UpstreamRequest {
    const { timeout } = this.#options;
    return {
      method: 'POST',
      url: new URL(`${this.#baseUrl}${path}`),
      headers: {
        'content-type': 'application/json',
        accept: body.stream === true ? 'text/event-stream' : 'application/json',
        'anthropic-version': anthropicVersion,
        ...raw?.headers,
        ...this.#identity,
      },
      body: JSON.stringify(body),
      api: messagesUpstream,
      idleTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
      ...rest,
    };
  }
}

/** Without what people copy behind it. */
export function toBaseUrl(configured: string): string {
  const { origin, pathname } = new URL(configured);
  return `${origin}${pathname
    .replace(/\/+$/, '')
    .replace(/(?:\/v1)?\/messages$/, '')
    .replace(/\/v1$/, '')}`;
}
