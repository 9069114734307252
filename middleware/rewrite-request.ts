import type { ReasoningCompat } from '../lib/apis/api.ts';
import type { Config } from '../lib/config-schema.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { defineMiddleware, type Exchange, type Request } from '../lib/middleware.ts';
import type { BuildContext, RawRequest } from '../lib/providers/provider.ts';

function toContext(exchange: Exchange, req: Request, config: Pick<Config, 'reasoningCompat'>): BuildContext {
  const { model, id, clientName, log, api } = exchange;
  const ignore = (param: string) => exchange.ignore(param);
  // What the configuration wants in another form than servers have it cannot be passed on.
  const raw = config.reasoningCompat === usualReasoning ? rawRequestOf(exchange, req) : undefined;
  return { model, id, clientName, log, ignore, clientApi: api?.name, raw };
}

/** The form in which servers of the Chat Completions API give their reasoning. */
const usualReasoning: ReasoningCompat = 'reasoning_content';

/** The client's own body, where a provider may be given it as it is. */
function rawRequestOf(
  { api, body, isRequestShared, transforms }: Exchange,
  { headers }: Request,
): RawRequest | undefined {
  if (!api?.shapingHeaders || isRequestShared || transforms.length > 0) return undefined;
  if (api.shapingHeaders.some((name) => headers[name] !== undefined)) return undefined;
  return { api: api.name, body: body as Record<string, unknown> };
}

/** Builds the upstream request: what the provider's backend accepts of the canonical one, in the form it wants. */
export default defineMiddleware({
  name: 'rewrite-request',
  after: ['resolve-model'],
  create(_options, { config }) {
    return function rewriteRequest(req, _res, next) {
      const { exchange } = req;
      const { choices = 1 } = exchange.request;
      if (choices > config.maxChoices) {
        throw new OpenCompatError(
          'OC_INVALID_VALUE',
          {
            reason: `Invalid 'n': integer above maximum value. Expected a value <= ${config.maxChoices}, but got ${choices} instead.`,
          },
          { param: 'n', publicCode: 'integer_above_max_value' },
        );
      }
      const ignoredBefore = exchange.ignored;
      exchange.buildUpstream = () => {
        // What another provider did not take, this one may.
        exchange.ignored = ignoredBefore;
        const { model, request } = exchange;
        const { provider } = model;
        const context = toContext(exchange, req, config);
        if (!request.embeddings) exchange.upstream = provider.buildRequest(request, context);
        else if (provider.buildEmbeddings) exchange.upstream = provider.buildEmbeddings(request, context);
        else throw new OpenCompatError('OC_NOT_SERVED', { provider: provider.title, what: 'embeddings' });
      };
      exchange.buildUpstream();
      next();
    };
  },
});
