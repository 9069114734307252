import { responses } from '../lib/apis/responses/index.ts';
import { defineRoute } from '../lib/route.ts';

/** OpenAI Responses. */
export const createResponse = defineRoute({ method: 'post', path: '/v1/responses', api: responses });
