/** What request schemas are put together from: null means "not given" wherever an SDK may send it. */
import type { JsonSchema } from '../json-schema.ts';

export const text = { type: 'string' } as const;
export const optionalText = { type: ['string', 'null'] } as const;
export const optionalFlag = { type: ['boolean', 'null'] } as const;
export const optionalObject = { type: ['object', 'null'] } as const;
export const name = { type: 'string', minLength: 1 } as const;

/** Without limits, those of the provider hold. */
export function optionalNumber(minimum?: number, maximum?: number): JsonSchema {
  return { type: ['number', 'null'], ...limits(minimum, maximum) };
}

export function optionalInteger(minimum?: number, maximum?: number): JsonSchema {
  return { type: ['integer', 'null'], ...limits(minimum, maximum) };
}

function limits(minimum: number | undefined, maximum: number | undefined): JsonSchema {
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

export function optionalOneOf(values: readonly string[]): JsonSchema {
  return { type: ['string', 'null'], enum: [...values, null] };
}

export function object(properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', required, properties };
}

/** Objects told apart by a key; a branch says what the others of its keys must be. */
export function union(
  key: string,
  branches: Record<string, JsonSchema>,
  type: JsonSchema['type'] = 'object',
): JsonSchema {
  return {
    type,
    required: [key],
    discriminator: { propertyName: key },
    oneOf: Object.entries(branches).map(([value, branch]) => ({
      ...branch,
      type: 'object',
      properties: { [key]: { const: value }, ...branch.properties },
    })),
  };
}

/** Sampling as the OpenAI APIs have it. */
export const samplingProperties = {
  temperature: optionalNumber(0, 2),
  top_p: optionalNumber(0, 1),
  presence_penalty: optionalNumber(-2, 2),
  frequency_penalty: optionalNumber(-2, 2),
  logit_bias: { type: ['object', 'null'], additionalProperties: { type: 'number', minimum: -100, maximum: 100 } },
  seed: { type: ['integer', 'null'] },
} as const satisfies Record<string, JsonSchema>;

/** OpenAI takes 4 stop sequences; other servers that clients are written for take more. */
const maxStopSequences = 64;

export const stopProperty: JsonSchema = {
  type: ['string', 'array', 'null'],
  minLength: 1,
  maxItems: maxStopSequences,
  items: { type: 'string', minLength: 1 },
};
