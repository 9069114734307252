/** The request body of POST /v1/completions: its schema, and the type of a checked body. */
import type { JsonSchema } from '../../json-schema.ts';
export declare const completionRequestSchema: JsonSchema;
/** A body that `completionRequestSchema` has passed. */
export interface CompletionRequest {
    model: string;
    prompt: string | (string | number | number[])[];
    suffix?: string | null;
    stream?: boolean | null;
    stream_options?: {
        include_usage?: boolean | null;
    } | null;
    n?: number | null;
    best_of?: number | null;
    max_tokens?: number | null;
    echo?: boolean | null;
    logprobs?: number | null;
    stop?: string | string[] | null;
    temperature?: number | null;
    top_p?: number | null;
    presence_penalty?: number | null;
    frequency_penalty?: number | null;
    logit_bias?: Record<string, number> | null;
    seed?: number | null;
    user?: string | null;
}
