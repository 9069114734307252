import { embeddings } from '../lib/apis/embeddings/index.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** OpenAI Embeddings. */
export default defineRoute({ method: 'post', path: '/v1/embeddings', api: embeddings, explained: toAdmins });
