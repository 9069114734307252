/** The request body of POST /v1/images/generations. Unknown keys pass, and null means "not given". */
import type { JsonSchema } from '../../json-schema.ts';
declare const outputFormats: readonly ['png', 'webp', 'jpeg', 'gif', 'svg'];
export declare const imagesRequestSchema: JsonSchema;
/** A body that `imagesRequestSchema` has passed. */
export interface ImagesRequest {
    prompt: string;
    model?: string | null;
    n?: number | null;
    size?: string | null;
    quality?: 'auto' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'standard' | 'hd' | null;
    background?: 'auto' | 'transparent' | 'opaque' | null;
    output_format?: (typeof outputFormats)[number] | null;
    response_format?: 'url' | 'b64_json' | null;
    stream?: boolean | null;
    partial_images?: number | null;
}
export {};
