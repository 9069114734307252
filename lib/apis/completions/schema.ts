/** The request body of POST /v1/completions: its schema, and the type of a checked body. */
import type { JsonSchema } from '../../json-schema.ts';
import {
  name,
  object,
  optionalFlag,
  optionalInteger,
  optionalText,
  samplingProperties,
  stopProperty,
} from '../schema-parts.ts';

/** Highest `n` and `best_of`, as OpenAI has it. */
const maxChoices = 128;

export const completionRequestSchema: JsonSchema = object(
  {
    model: name,
    // A text, or its tokens; or a list of either. The translation checks that a list is of one kind.
    prompt: {
      type: ['string', 'array'],
      minItems: 1,
      items: { type: ['string', 'integer', 'array'], minimum: 0, minItems: 1, items: { type: 'integer', minimum: 0 } },
    },
    suffix: optionalText,
    stream: optionalFlag,
    stream_options: { type: ['object', 'null'], properties: { include_usage: optionalFlag } },
    n: optionalInteger(1, maxChoices),
    best_of: optionalInteger(1, maxChoices),
    max_tokens: optionalInteger(1),
    echo: optionalFlag,
    logprobs: optionalInteger(0),
    stop: stopProperty,
    ...samplingProperties,
    user: optionalText,
  },
  ['model', 'prompt'],
);

/** A body that `completionRequestSchema` has passed. */
export interface CompletionRequest {
  model: string;
  prompt: string | (string | number | number[])[];
  suffix?: string | null;
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean | null } | null;
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
