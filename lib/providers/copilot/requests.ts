/** Requests to the Copilot backend: the path for a model, and the body for that path. */
import { randomUUID } from 'node:crypto';
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { messagesUpstream } from '../../apis/messages/decoder.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import { isReasoningRefusal, withoutReasoning, withoutThinkingBlocks } from '../amendments.ts';
import { fitBody } from '../fit-body.ts';
import { isPassedOn, toTranslatedMessages, withModel } from '../messages-body.ts';
import type { ModelList } from '../model-list.ts';
import { ModelNotes, RefusalMemory } from '../model-notes.ts';
import type { AmendContext, BuildContext, RawRequest, UpstreamRequest } from '../provider.ts';
import { backendUrl, type CopilotPath, copilotPaths } from './backend.ts';
import { toCopilotChatBody } from './chat.ts';
import type { CopilotConfig } from './config.ts';
import { refusedPath } from './errors.ts';
import type { CopilotToken } from './github-oauth.ts';
import { type CopilotHeadersConfig, copilotHeaders } from './headers.ts';
import { hasImage, readInitiator } from './initiator.ts';
import { assumeModel, type CopilotModel } from './models.ts';
import { type CopilotBody, toResponsesBody } from './responses.ts';

export type CopilotRequestsConfig = CopilotHeadersConfig &
  Pick<
    CopilotConfig,
    'copilotAnthropicBeta' | 'copilotBaseUrl' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'
  >;

type Context = Pick<BuildContext, 'model' | 'ignore' | 'raw' | 'lessons'>;

const embeddingsPath = '/embeddings';
const anthropicVersion = '2023-06-01';
const stream = { accept: 'text/event-stream' };

export class CopilotRequests {
  readonly #config: CopilotRequestsConfig;
  readonly #models: Pick<ModelList<CopilotModel>, 'list'>;
  readonly #refusedPaths = new ModelNotes();
  readonly #refusals = new RefusalMemory();
  readonly #commonHeaders: Readonly<Record<string, string>>;

  constructor(config: CopilotRequestsConfig, models: Pick<ModelList<CopilotModel>, 'list'>) {
    this.#config = config;
    this.#models = models;
    this.#commonHeaders = { ...copilotHeaders(config), 'content-type': 'application/json' };
  }

  /** A request for an answer, at the best path that has not turned the model away. */
  build(request: CanonicalRequest, context: Context): UpstreamRequest {
    return this.#buildFor(this.#pathsFor(request, context)[0]!, request, context);
  }

  buildEmbeddings(request: CanonicalRequest, { model, ignore }: Context): UpstreamRequest {
    const { input, dimensions, user } = request.embeddings!;
    const takesDimensions = this.#modelOf(model.id).hasDimensions ?? true;
    if (dimensions !== undefined && !takesDimensions) ignore('dimensions');
    if (user !== undefined) ignore('user');
    const body = { model: model.id, input, ...(dimensions !== undefined && takesDimensions && { dimensions }) };
    return this.#post(embeddingsPath, body, {});
  }

  /** Sends a request to the backend that the token is for. */
  readdress(request: UpstreamRequest, token: Pick<CopilotToken, 'apiUrl'>): void {
    const path = [...copilotPaths, embeddingsPath].find((known) => request.url.pathname.endsWith(known));
    if (path) request.url = new URL(`${backendUrl(this.#config, token)}${path}`);
  }

  /** After a refusal: remembers what it says of the model. @returns the request to build anew, or undefined to give up */
  amend(request: CanonicalRequest, error: OpenCompatError, context: AmendContext): CanonicalRequest | undefined {
    if (isReasoningRefusal(error)) return withoutReasoning(request);
    const path = refusedPath(error);
    if (path)
      return this.#turnFrom(path === 'unnamed' ? this.#pathsFor(request, context)[0]! : path, request, context)
        ? request
        : undefined;
    return this.#refusals.learn(error, context) ? request : undefined;
  }

  /** The same for a body that was passed on. */
  amendRaw(raw: RawRequest, error: OpenCompatError): RawRequest | undefined {
    return isReasoningRefusal(error) ? withoutThinkingBlocks(raw) : undefined;
  }

  #modelOf(id: string): CopilotModel {
    return this.#models.list().find((model) => model.id === id) ?? assumeModel(id);
  }

  /** The paths for the model, the best first, without those that have refused it; at least one remains. */
  #pathsFor(request: CanonicalRequest, context: Omit<Context, 'ignore'>): readonly CopilotPath[] {
    const { id } = context.model;
    const listed = this.#modelOf(id).paths;
    const chat = '/chat/completions';
    const paths: CopilotPath[] = listed.includes('/responses') ? ['/responses', chat] : [chat, '/responses'];
    if (listed.includes('/v1/messages')) {
      // The client's own body, so that its thinking blocks pass unchanged; except for an effort from the model's name.
      if (this.#isPassedOn(request, context) || !listed.includes(chat)) paths.unshift('/v1/messages');
      else paths.push('/v1/messages');
    }
    return paths.filter((path) => !this.#refusedPaths.of(id).has(path));
  }

  #isPassedOn(request: CanonicalRequest, { model, raw, lessons }: Omit<Context, 'ignore'>): boolean {
    return isPassedOn(raw, model.effort, request, this.#refusals.of(model.id, lessons).omit);
  }

  /** @returns false when there is no other place to ask */
  #turnFrom(refused: CopilotPath, request: CanonicalRequest, context: Context): boolean {
    const { id } = context.model;
    this.#refusedPaths.add(id, refused);
    if (this.#pathsFor(request, context).length > 0) return true;
    // One path must work: the next request tries them again.
    this.#refusedPaths.forget(id);
    return false;
  }

  #buildFor(path: CopilotPath, request: CanonicalRequest, context: Context): UpstreamRequest {
    const { model, ignore, lessons } = context;
    const taken = this.#refusals.of(model.id, lessons);
    const bodyContext = { model, ignore, config: this.#config, omit: taken.omit };
    const withBody = (api: UpstreamRequest['api'], { body, ...rest }: CopilotBody) =>
      this.#post(path, fitBody(body, taken, ignore), { api, headers: { ...turnHeaders(request), ...stream }, ...rest });
    switch (path) {
      case '/responses':
        return withBody(responsesUpstream, toResponsesBody(request, bodyContext));
      case '/chat/completions':
        return withBody(chatUpstream, toCopilotChatBody(request, bodyContext));
      case '/v1/messages':
        return this.#buildMessages(request, context);
      default:
        return path satisfies never;
    }
  }

  #buildMessages(request: CanonicalRequest, context: Context): UpstreamRequest {
    const { model, ignore, raw, lessons } = context;
    const path = '/v1/messages';
    const bodyContext = { model, ignore, omit: this.#refusals.of(model.id, lessons).omit };
    const { copilotAnthropicBeta: betas, reasoningEffort: defaultEffort } = this.#config;
    const headers = {
      ...turnHeaders(request),
      'anthropic-version': anthropicVersion,
      ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
    };
    if (this.#isPassedOn(request, context)) {
      return this.#post(path, withModel(raw!, bodyContext), {
        api: messagesUpstream,
        isPassThrough: true,
        headers: { ...headers, ...(request.stream && stream) },
      });
    }
    const { thinking = 'none' } = this.#modelOf(model.id);
    const { body, ...rest } = toTranslatedMessages(request, { ...bodyContext, thinking, defaultEffort });
    return this.#post(path, body, { api: messagesUpstream, headers: { ...headers, ...stream }, ...rest });
  }

  /** The account's token is not known yet: the address may change with it. */
  #post(path: string, body: object, { headers, ...rest }: Partial<UpstreamRequest>): UpstreamRequest {
    return {
      method: 'POST',
      url: new URL(`${backendUrl(this.#config)}${path}`),
      headers: { ...this.#commonHeaders, 'x-request-id': randomUUID(), ...headers },
      body: JSON.stringify(body),
      ...rest,
    };
  }
}

/** The headers about the turn: who began it, and whether it holds pictures. */
function turnHeaders(request: CanonicalRequest): Record<string, string> {
  return {
    'openai-intent': request.tools?.length ? 'conversation-agent' : 'conversation-panel',
    'x-initiator': readInitiator(request),
    ...(hasImage(request) && { 'copilot-vision-request': 'true' }),
  };
}
