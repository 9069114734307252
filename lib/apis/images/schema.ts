/** The request body of POST /v1/images/generations. Unknown keys pass, and null means "not given". */
import type { JsonSchema } from '../../json-schema.ts';
import { object, optionalFlag, optionalInteger, optionalOneOf } from '../schema-parts.ts';

/** Highest `n`, as OpenAI has it. */
const maxImages = 10;
/** Longest prompt that OpenAI takes, in characters. */
const maxPromptCharacters = 32_000;

const outputFormats = ['png', 'webp', 'jpeg', 'gif', 'svg'] as const;

export const imagesRequestSchema: JsonSchema = object(
  {
    prompt: { type: 'string', minLength: 1, maxLength: maxPromptCharacters },
    model: { type: ['string', 'null'], minLength: 1 },
    n: optionalInteger(1, maxImages),
    size: { type: ['string', 'null'], pattern: '^(auto|\\d{2,4}x\\d{2,4})$' },
    quality: optionalOneOf(['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd']),
    background: optionalOneOf(['auto', 'transparent', 'opaque']),
    output_format: optionalOneOf(outputFormats),
    response_format: optionalOneOf(['url', 'b64_json']),
    stream: optionalFlag,
    partial_images: optionalInteger(0, 3),
  },
  ['prompt'],
);

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
