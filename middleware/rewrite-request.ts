import { toGivenRequest } from '../lib/answer/given-answer.ts';
import type { ReasoningCompat } from '../lib/apis/api.ts';
import { countChoices, isOfFirstInput, requestOfChoice } from '../lib/canonical/choices.ts';
import type { CanonicalRequest } from '../lib/canonical/types.ts';
import { buildForExchange } from '../lib/chain/attempt.ts';
import { buildContextOf } from '../lib/chain/build-context.ts';
import { defineMiddleware, type Exchange, type Request, type Services } from '../lib/chain/middleware.ts';
import { namesOwnedFiles, type ObjectIds, openObjectIds } from '../lib/chain/owned-objects.ts';
import { toRawRequest } from '../lib/chain/raw-request.ts';
import type { Config } from '../lib/config/schema.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { ownerOf } from '../lib/kept/response-store.ts';
import type { BuildContext, Provider, RawRequest, UpstreamRequest } from '../lib/providers/provider.ts';

/** @param body the client's, with the ids of files that the provider knows */
function toContext(
  exchange: Exchange,
  body: unknown,
  { headers }: Request,
  config: Pick<Config, 'reasoningCompat'>,
): BuildContext {
  // Where the configuration asks for another form of reasoning than servers send, the answer cannot be passed on.
  const isReshaped =
    config.reasoningCompat !== usualReasoning && exchange.api?.shapingHeaders?.includes(reasoningHeader);
  return { ...buildContextOf(exchange), raw: isReshaped ? undefined : rawRequestOf(exchange, body, headers) };
}

/** The form in which Chat Completions servers send their reasoning. */
const usualReasoning: ReasoningCompat = 'reasoning_content';
const reasoningHeader = 'x-reasoning-compat';

/** The client's own body, where a provider may be given it unchanged. */
function rawRequestOf(
  { api, isRequestShared, transforms }: Exchange,
  body: unknown,
  headers: Request['headers'],
): RawRequest | undefined {
  if (!api?.shapingHeaders || isRequestShared || transforms.length > 0) return undefined;
  if (api.shapingHeaders.some((name) => headers[name] !== undefined)) return undefined;
  if (api.isPortable && !api.isPortable(body)) return undefined;
  return toRawRequest(api, body, headers);
}

/** Each choice is a separate upstream request. */
function checkChoices({ choices = 1, moreInputs = [] }: CanonicalRequest, limits: Config): void {
  if (choices > limits.maxChoices) {
    const reason = `Invalid 'n': integer above maximum value. Expected a value <= ${limits.maxChoices}, but got ${choices} instead.`;
    throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'n', publicCode: 'integer_above_max_value' });
  }
  const prompts = moreInputs.length + 1;
  if (prompts > limits.maxPrompts) {
    const reason = `One request may have up to ${limits.maxPrompts} prompts (\`maxPrompts\`); this one has ${prompts}.`;
    throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'input', publicCode: 'array_above_max_length' });
  }
  const answers = choices * prompts;
  if (answers > limits.maxAnswers) {
    const reason = `One request may ask for up to ${limits.maxAnswers} answers (\`maxAnswers\`); \`n\` times the prompts is ${answers}.`;
    throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'n', publicCode: 'integer_above_max_value' });
  }
}

function build(request: CanonicalRequest, provider: Provider, context: BuildContext): UpstreamRequest {
  if (!request.embeddings) return provider.buildRequest(request, context);
  if (provider.buildEmbeddings) return provider.buildEmbeddings(request, context);
  throw new OpenCompatError('OC_NOT_SERVED', { provider: provider.title, what: 'embeddings' });
}

/** @throws the exchange's fault when the body would have to be translated */
function buildWith({ model, fault }: Exchange, request: CanonicalRequest, context: BuildContext): UpstreamRequest {
  if (!fault) return build(request, model.provider, context);
  if (!context.raw) throw fault;
  let upstream: UpstreamRequest | undefined;
  try {
    upstream = build(request, model.provider, context);
  } catch {
    // A translation was tried, of an outline: what it stumbled over says less than the fault of the body itself.
  }
  if (!upstream || !hasRawBody(upstream)) throw fault;
  return upstream;
}

function hasRawBody({ isPassThrough, hasRawBody = isPassThrough }: UpstreamRequest): boolean {
  return hasRawBody === true;
}

/** Where the request names files that were uploaded here: what their ids stand for. Undefined: it names none. */
function findIds(
  { request, fault, body }: Exchange,
  { config, lasting, log }: Services,
): Promise<ObjectIds> | undefined {
  const isNaming = namesOwnedFiles(request) || (fault !== undefined && namesOwnedFiles(body as object));
  return isNaming ? openObjectIds(config, lasting, log) : undefined;
}

/** Builds the upstream request: the part of the canonical request that the provider's backend accepts, in the backend's form. */
export default defineMiddleware({
  name: 'rewrite-request',
  after: ['resolve-model'],
  create(_options, services) {
    const { config, availability } = services;

    function prepare(exchange: Exchange, req: Request, ids?: ObjectIds): void {
      const ignoredBefore = exchange.ignored;
      const owner = ownerOf(exchange.clientId, req.ip);
      exchange.buildUpstream = (choice = 0) => {
        // This provider may accept what another one ignored.
        exchange.ignored = new Set();
        const open = <T extends object>(given: T) => ids?.openFilesIn(given, owner, exchange.model) ?? given;
        // First, as errors then name the fields as the client does.
        const body = open(exchange.body as object);
        const request = open(requestOfChoice(exchange.request, choice));
        const upstream =
          exchange.givenAnswer === undefined
            ? buildWith(exchange, request, toContext(exchange, body, req, config))
            : toGivenRequest();
        const isKept = (param: string) => !hasRawBody(upstream) || !exchange.untranslated.has(param);
        exchange.ignored = new Set([...[...ignoredBefore].filter(isKept), ...exchange.ignored]);
        if (isOfFirstInput(exchange.request, choice)) exchange.upstream = upstream;
        return upstream;
      };
      exchange.answers = countChoices(exchange.request);
    }

    return function rewriteRequest(req, _res, next) {
      const { exchange } = req;
      checkChoices(exchange.request, config);
      const build = () => {
        buildForExchange(exchange, availability);
        next();
      };
      const ids = findIds(exchange, services);
      if (ids) {
        return ids.then(async (opened) => {
          prepare(exchange, req, opened);
          await exchange.charge?.();
          build();
        });
      }
      prepare(exchange, req);
      const charged = exchange.charge?.();
      return charged ? charged.then(build) : build();
    };
  },
});
