/** Embeddings request → canonical request. */
import type { CanonicalRequest, EmbeddingsInput } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { toExtra } from '../extra.ts';
import { type EmbeddingsRequest, embeddingsSchema, maxInputs, maxInputTokens } from './schema.ts';

const known: ReadonlySet<string> = new Set(Object.keys(embeddingsSchema.properties ?? {}));

/** @throws OpenCompatError for a list of mixed kinds, or a list that is too long */
export function toCanonical(body: EmbeddingsRequest): CanonicalRequest {
  const extra = toExtra(body, known);
  return {
    model: body.model,
    input: [],
    stream: false,
    embeddings: {
      input: toInputs(body.input),
      ...(body.dimensions != null && { dimensions: body.dimensions }),
      ...(body.user != null && { user: body.user }),
    },
    ...(extra && { extra }),
  };
}

/** One text, several, the tokens of one, or the tokens of several. */
function toInputs(input: EmbeddingsRequest['input']): EmbeddingsInput['input'] {
  if (typeof input === 'string') return [input];
  const [first] = input;
  if (typeof first === 'number') {
    requireAll(input, 'integer', 'input');
    requireAtMost(input.length, maxInputTokens);
    return [input as number[]];
  }
  requireAtMost(input.length, maxInputs);
  requireAll(input, typeof first === 'string' ? 'string' : 'array', 'input');
  if (typeof first === 'string') return input as string[];
  for (const [index, tokens] of input.entries()) requireAll(tokens as unknown[], 'integer', `input[${index}]`);
  return input as number[][];
}

function requireAll(items: readonly unknown[], type: 'string' | 'integer' | 'array', param: string): void {
  const index = items.findIndex((item) => !isOf(item, type));
  if (index < 0) return;
  const article = type === 'string' ? 'a' : 'an';
  const reason = `Invalid type for '${param}[${index}]': expected ${article} ${type} like the items before it.`;
  throw new OpenCompatError('OC_INVALID_TYPE', { reason }, { param: `${param}[${index}]` });
}

function isOf(item: unknown, type: 'string' | 'integer' | 'array'): boolean {
  if (type === 'array') return Array.isArray(item);
  return type === 'string' ? typeof item === 'string' : Number.isInteger(item) && (item as number) >= 0;
}

function requireAtMost(length: number, limit: number): void {
  if (length <= limit) return;
  const reason = `Invalid 'input': array too long. Expected an array with maximum length ${limit}, but got an array with length ${length} instead.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'input', publicCode: 'array_above_max_length' });
}
