import { images } from '../lib/apis/images/index.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** OpenAI Images: pictures from a prompt, by a provider whose models draw. */
export default defineRoute({
  method: 'post',
  path: '/v1/images/generations',
  api: images,
  isResumable: true,
  explained: toAdmins,
});
