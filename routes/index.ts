/** Every path that the server answers, the busiest first: that is the order in which they are tried. */
import type { Route } from '../lib/route.ts';
import chatCompletions from './chat-completions.ts';
import embeddings from './embeddings.ts';
import { health, ready } from './health.ts';
import home from './home.ts';
import { countTokens, createMessage } from './messages.ts';
import metrics from './metrics.ts';
import { modelDetail, modelList } from './models.ts';

const routes: readonly Route[] = [
  chatCompletions,
  createMessage,
  countTokens,
  embeddings,
  modelList,
  modelDetail,
  health,
  ready,
  metrics,
  home,
];
export default routes;
