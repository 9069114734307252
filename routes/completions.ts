import { completions } from '../lib/apis/completions/index.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** OpenAI Completions. */
export default defineRoute({
  method: 'post',
  path: '/v1/completions',
  api: completions,
  isResumable: true,
  explained: toAdmins,
});
