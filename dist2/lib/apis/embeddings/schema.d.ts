/** The request body of POST /v1/embeddings. Unknown keys pass: other servers than OpenAI's have further ones. */
import type { JsonSchema } from '../../json-schema.ts';
/** Inputs of one request, as OpenAI has it. */
export declare const maxInputs = 2048;
/** Tokens of one input, as OpenAI's models have it. */
export declare const maxInputTokens = 8192;
/** The translation checks the inputs: for a union of four kinds of lists, a schema reports unhelpful faults. */
export declare const embeddingsSchema: JsonSchema;
/** A body that `embeddingsSchema` has passed. */
export interface EmbeddingsRequest {
    model: string;
    input: string | (string | number | unknown[])[];
    dimensions?: number | null;
    encoding_format?: 'float' | 'base64' | null;
    user?: string | null;
}
