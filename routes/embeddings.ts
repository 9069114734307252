import { embeddings } from '../lib/apis/embeddings/index.ts';
import { defineRoute } from '../lib/server/route.ts';

/** OpenAI Embeddings. */
export default defineRoute({ method: 'post', path: '/v1/embeddings', api: embeddings });
