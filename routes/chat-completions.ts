import { chatCompletions } from '../lib/apis/chat-completions/index.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** OpenAI Chat Completions. */
export default defineRoute({
  method: 'post',
  path: '/v1/chat/completions',
  api: chatCompletions,
  isResumable: true,
  explained: toAdmins,
});
