/** Every path that the server answers, in the order in which they are matched: the busiest first. */
import type { Route } from '../lib/server/route.ts';
import azure from './azure.ts';
import chatCompletions from './chat-completions.ts';
import { backendUsage, codexUsage } from './codex-usage.ts';
import completions from './completions.ts';
import console from './console/index.ts';
import embeddings from './embeddings.ts';
import files from './files.ts';
import forwarded from './forwarded.ts';
import { health, ready } from './health.ts';
import home from './home.ts';
import images from './images.ts';
import { countTokens, createMessage } from './messages.ts';
import metrics from './metrics.ts';
import { modelDetail, modelList } from './models.ts';
import ollama from './ollama.ts';
import plugins from './plugins.ts';
import { showRecording, startRecording, stopRecording } from './record.ts';
import reload from './reload.ts';
import {
  cancelResponse,
  compactResponse,
  countResponseInput,
  createResponse,
  deleteResponse,
  listResponseInput,
  openResponseSocket,
  retrieveResponse,
} from './responses.ts';

const routes: readonly Route[] = [
  chatCompletions,
  completions,
  createResponse,
  countResponseInput,
  compactResponse,
  retrieveResponse,
  deleteResponse,
  cancelResponse,
  listResponseInput,
  openResponseSocket,
  embeddings,
  images,
  createMessage,
  countTokens,
  modelList,
  modelDetail,
  codexUsage,
  backendUsage,
  health,
  ready,
  metrics,
  home,
  reload,
  showRecording,
  startRecording,
  stopRecording,
  ...forwarded,
  plugins,
  ...files,
  ...console,
  ...azure,
  ...ollama,
];
export default routes;
