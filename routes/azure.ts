/**
 * Azure's paths of OpenAI's APIs, for clients that can speak to nothing else: the path names the model (the deployment), whatever
 * the body says, and the query names a version, which is not looked at.
 */
import { asObject } from '../lib/lenient-json.ts';
import { defineRoute, type Route } from '../lib/server/route.ts';
import chatCompletions from './chat-completions.ts';
import completions from './completions.ts';
import embeddings from './embeddings.ts';
import images from './images.ts';

function ofDeployment(route: Route): Route {
  return defineRoute({
    ...route,
    path: route.path.replace('/v1', '/openai/deployments/:model'),
    through: 'parse-body',
    createHandler() {
      return function nameModel({ exchange, params }, _res, next) {
        const body = asObject(exchange.body);
        if (body) exchange.body = { ...body, model: String(params.model) };
        next();
      };
    },
  });
}

const azure: readonly Route[] = [chatCompletions, completions, embeddings, images].map(ofDeployment);
export default azure;
