/** Every path that the server answers. */
import type { Route } from '../lib/route.ts';
import chatCompletions from './chat-completions.ts';
import { health, ready } from './health.ts';
import home from './home.ts';
import metrics from './metrics.ts';
import { modelDetail, modelList } from './models.ts';

const routes: readonly Route[] = [home, health, ready, metrics, modelList, modelDetail, chatCompletions];
export default routes;
