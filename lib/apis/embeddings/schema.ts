/** The request body of POST /v1/embeddings. Unknown keys pass: other servers than OpenAI's have further ones. */
import type { JsonSchema } from '../../json-schema.ts';
import { name, object, optionalInteger, optionalOneOf, optionalText } from '../schema-parts.ts';

/** Inputs of one request, as OpenAI has it. */
export const maxInputs = 2048;
/** Tokens of one input, as OpenAI's models have it. */
export const maxInputTokens = 8192;
const maxDimensions = 65_536;

/** The translation checks the inputs: for a union of four kinds of lists, a schema reports unhelpful faults. */
export const embeddingsSchema: JsonSchema = object(
  {
    model: name,
    input: {
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      items: { type: ['string', 'integer', 'array'], minLength: 1, minimum: 0, minItems: 1, maxItems: maxInputTokens },
    },
    dimensions: optionalInteger(1, maxDimensions),
    encoding_format: optionalOneOf(['float', 'base64']),
    user: optionalText,
  },
  ['model', 'input'],
);

/** A body that `embeddingsSchema` has passed. */
export interface EmbeddingsRequest {
  model: string;
  input: string | (string | number | unknown[])[];
  dimensions?: number | null;
  encoding_format?: 'float' | 'base64' | null;
  user?: string | null;
}
