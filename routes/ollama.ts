/** The Ollama API: its base URL is the server's own, without `/v1`. */
import type { ClientApi } from '../lib/apis/api.ts';
import { createValidator } from '../lib/apis/body-validation.ts';
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from '../lib/apis/ollama/index.ts';
import {
  answerChatLoad,
  answerEmbeddingsLoad,
  answerEmbedLoad,
  answerGenerateLoad,
} from '../lib/apis/ollama/loading.ts';
import { apiVersion, toModelCard, toRunning, toTag } from '../lib/apis/ollama/models.ts';
import { isStreaming } from '../lib/apis/ollama/request.ts';
import { type NamedModelBody, namedModelSchema } from '../lib/apis/ollama/schema.ts';
import type { Request, Response } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { findReadyModel, listReadyModels } from '../lib/models/pages.ts';
import { defineRoute, type Route, type RouteServices } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** The API that shapes the errors of the pages below. */
const api = ollamaChat;

function sendWhole(res: Response, answer: object, isStream: boolean): void {
  if (isStream) res.type(api.streamType).send(`${JSON.stringify(answer)}\n`);
  else res.json(answer);
}

/** A request for an answer; one that only wants the model loaded is answered here. */
function answering<Body>(
  path: string,
  requestApi: ClientApi<Body>,
  answerLoad: (body: Body, nowMs: number) => object | undefined,
  isResumable?: true,
): Route {
  return defineRoute({
    method: 'post',
    path,
    api: requestApi as ClientApi,
    through: 'resolve-model',
    explained: toAdmins,
    ...(isResumable && { isResumable }),
    createHandler() {
      return function loadOrAnswer({ exchange }, res, next) {
        const loaded = answerLoad(exchange.body as Body, Date.now());
        if (loaded) sendWhole(res, loaded, exchange.isStreaming);
        else next();
      };
    },
  });
}

const validateNamed = createValidator(namedModelSchema);

/** The model that a request is about. @throws OpenCompatError when it names no model that can answer */
async function readNamed({ exchange }: Request, services: RouteServices) {
  validateNamed(exchange.body);
  const body = exchange.body as NamedModelBody;
  const name = body.model || body.name;
  if (!name) throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'model' });
  const { providers, config } = services;
  return { name, body, model: await findReadyModel(name, providers, config, exchange.clientKey?.models) };
}

const tags = defineRoute({
  method: 'get',
  path: '/api/tags',
  api,
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return async function listTags({ exchange }, res) {
      const models = await listReadyModels(providers, config.aliases, exchange.clientKey?.models);
      res.json({ models: models.map(toTag) });
    };
  },
});

const show = defineRoute({
  method: 'post',
  path: '/api/show',
  api,
  through: 'parse-body',
  createHandler(services) {
    return async function showModel(req, res) {
      const { name, model } = await readNamed(req, services);
      res.json(toModelCard(name, model.info));
    };
  },
});

const version = defineRoute({
  method: 'get',
  path: '/api/version',
  api,
  through: 'rate-limit',
  createHandler() {
    return function showVersion(_req, res) {
      res.json({ version: apiVersion });
    };
  },
});

/** Models that are loaded: all of them. */
const running = defineRoute({
  method: 'get',
  path: '/api/ps',
  api,
  through: 'rate-limit',
  createHandler({ config, providers }) {
    return async function listRunning({ exchange }, res) {
      const models = await listReadyModels(providers, config.aliases, exchange.clientKey?.models);
      const nowMs = Date.now();
      res.json({ models: models.map((model) => toRunning(model, nowMs)) });
    };
  },
});

/** A served model needs no pull. */
const pull = defineRoute({
  method: 'post',
  path: '/api/pull',
  api,
  through: 'parse-body',
  createHandler(services) {
    return async function pullModel(req, res) {
      const { body } = await readNamed(req, services);
      sendWhole(res, { status: 'success' }, isStreaming(body));
    };
  },
});

/** Requests that need models of the server's own, or an account at Ollama's cloud. */
function refusing(method: 'get' | 'post' | 'delete', path: string, what: string): Route {
  return defineRoute({
    method,
    path,
    api,
    through: 'rate-limit',
    createHandler() {
      return function refuse() {
        throw new OpenCompatError('OC_NOT_SERVED', { provider: 'OpenCompat', what }, { status: 501 });
      };
    },
  });
}

const ollama: readonly Route[] = [
  answering('/api/chat', ollamaChat, answerChatLoad, true),
  answering('/api/generate', ollamaGenerate, answerGenerateLoad, true),
  answering('/api/embed', ollamaEmbed, answerEmbedLoad),
  answering('/api/embeddings', ollamaEmbeddings, answerEmbeddingsLoad),
  tags,
  show,
  version,
  running,
  pull,
  refusing('post', '/api/push', 'the pushing of models'),
  refusing('post', '/api/create', 'the making of models'),
  refusing('post', '/api/copy', 'the copying of models'),
  refusing('delete', '/api/delete', 'the deletion of models'),
  refusing('get', '/api/status', 'the state of Ollama’s cloud'),
  refusing('post', '/api/me', 'an account at Ollama’s cloud'),
];
export default ollama;
