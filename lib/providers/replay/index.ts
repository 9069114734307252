/**
 * Answers from captures instead of an upstream. The provider that was recorded builds the requests and reads the refusals, as far
 * as it is a built-in one; nothing is sent.
 */
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { completionsUpstream } from '../../apis/completions/decoder.ts';
import { messagesUpstream } from '../../apis/messages/decoder.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import { reasoningEfforts } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { checkOptions } from '../../options/check.ts';
import type { CapturedModel } from '../../recorder/capture.ts';
import type { ProviderServices } from '../definition.ts';
import type { ModelInfo, Provider, UpstreamAnswer, UpstreamRequest } from '../provider.ts';
import { type DeliveryOptions, deliver } from './delivery.ts';
import { Library, type RecordedAnswer, type ReplayMatch } from './playlist.ts';

export interface ReplayOptions extends DeliveryOptions {
  readonly answers: readonly RecordedAnswer[];
  /** What was recorded of the models; the provider that answered is the same in all of them. */
  readonly models: readonly CapturedModel[];
  readonly match: ReplayMatch;
}

const upstreamApis = [responsesUpstream, chatUpstream, completionsUpstream, messagesUpstream];
/** What an upstream's URL has behind its base. */
const apiPath = /(?:\/v1\/messages|\/chat\/completions|\/completions|\/responses|\/embeddings)$/;

export async function createReplayProvider(services: ProviderServices, options: ReplayOptions): Promise<Provider> {
  const { answers, models, match } = options;
  const title = models[0]?.providerTitle ?? services.name;
  const library = new Library(answers, match);
  const recorded = await openRecorded(services, options);
  const infos = [...new Set(models.map(({ model }) => model))].map((id) => infoOf(id, recorded));

  /** The request as this version builds it, to be answered from the playlist that its URL names. */
  function toReplayed(built: Partial<UpstreamRequest>, key: string): UpstreamRequest {
    const { request } = library.playlist(key)?.peek() ?? {};
    const api = upstreamApis.find(({ name }) => name === request?.api);
    const isSameApi = (built.api?.name ?? responsesUpstream.name) === (api?.name ?? responsesUpstream.name);
    return {
      method: 'POST',
      headers: {},
      body: '',
      ...built,
      url: new URL(`replay:/${key}`),
      api,
      honours: isSameApi ? built.honours : [],
      isPassThrough: built.isPassThrough === true && request?.isPassThrough === true,
    };
  }

  function build(kind: 'buildRequest' | 'buildEmbeddings'): Provider['buildRequest'] {
    return (request, context) => {
      const key = library.find(context.model.id, request);
      if (key === undefined) {
        const reason = `${title} is played from captures, and none of them has this request.`;
        throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
      }
      return toReplayed(recorded?.[kind]?.(request, context) ?? { body: JSON.stringify(request) }, key);
    };
  }

  /** Was the request sent again? Only then is there an answer to it. */
  const isSentAgain = ({ url }: Pick<UpstreamRequest, 'url'>) =>
    match === 'recorded' && library.playlist(keyOf(url))?.hasNext === true;

  return {
    name: services.name,
    title,
    models: () => infos,
    readiness: () => ({ isReady: true }),
    buildRequest: build('buildRequest'),
    buildEmbeddings: build('buildEmbeddings'),
    readEmbeddings: (body) => recorded?.readEmbeddings?.(body) ?? { vectors: [], inputTokens: 0 },
    authorize: async (_headers, rejected, request) =>
      rejected === undefined || (request !== undefined && isSentAgain(request)),
    async answer({ url }, signal): Promise<UpstreamAnswer> {
      const answer = library.playlist(keyOf(url))?.take();
      if (answer) return deliver(answer, title, signal, options);
      const reason = `The capture has no further answer of ${title}: this version sends more requests.`;
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
    },
    toError: (status, headers, body) =>
      recorded?.toError(status, headers, body) ??
      new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `${title} answered with HTTP ${status}.` }),
    amendRequest: (request, error, context) =>
      isSentAgain(context.sent) ? recorded?.amendRequest?.(request, error, context) : undefined,
    amendRaw: (raw, error, context) =>
      isSentAgain(context.sent) ? recorded?.amendRaw?.(raw, error, context) : undefined,
    toldHeaders: recorded?.toldHeaders,
    close: () => recorded?.close?.(),
  };
}

function keyOf({ pathname }: URL): string {
  return pathname.slice(1);
}

/** The built-in provider that was recorded. Its periodic work, which would ask the network, is not begun. */
async function openRecorded(
  services: ProviderServices,
  { models, answers }: ReplayOptions,
): Promise<Provider | undefined> {
  const definition = services.builtIns.find(({ name }) => name === models[0]?.providerType);
  if (!definition) return undefined;
  const options: Record<string, unknown> = {};
  if (definition.options?.properties?.baseURL) options.baseURL = answers[0]?.request.url.replace(apiPath, '');
  if (definition.options) checkOptions(definition.options, options, '', true);
  const scheduler = { schedule: () => {} };
  return (await definition.create(options as never, { ...services, scheduler } as never)) as Provider;
}

/** As the recorded provider knows the model; else one that takes anything. */
function infoOf(id: string, recorded: Provider | undefined): ModelInfo {
  const known = recorded?.models().find((info) => info.id === id) ?? recorded?.unlistedModel?.(id);
  return known ?? { id, createdS: 0, ownedBy: 'captures', efforts: [...reasoningEfforts] };
}
