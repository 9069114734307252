/** Images request → a canonical request for a picture only, by the tool that draws. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { type ImagesRequest } from './schema.ts';
export declare function toCanonical(body: ImagesRequest, context: RequestContext): CanonicalRequest;
/** The picture's properties, as the tool's options; the tool chooses the others. */
export declare function toToolFields({ size, quality, background, output_format }: ImagesRequest): Record<string, string>;
