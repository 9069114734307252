/** The OpenAI Images API, as its clients speak it: pictures from a prompt. */
import type { ClientApi } from '../api.ts';
import { type ImagesRequest } from './schema.ts';
export declare const images: ClientApi<ImagesRequest>;
