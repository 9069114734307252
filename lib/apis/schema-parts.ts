/** Parts of request schemas: null means "not given" wherever an SDK may send it. */
import type { JsonSchema } from '../json-schema.ts';

export const text = { type: 'string' } as const;
export const optionalText = { type: ['string', 'null'] } as const;
export const optionalFlag = { type: ['boolean', 'null'] } as const;
export const optionalObject = { type: ['object', 'null'] } as const;
export const name = { type: 'string', minLength: 1 } as const;

/** Without limits here: the provider's apply. */
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

export function optionalList(items?: JsonSchema): JsonSchema {
  return { type: ['array', 'null'], ...(items && { items }) };
}

export function textOr(items: JsonSchema): JsonSchema {
  return { type: ['string', 'array'], items };
}

export function optionalTextOr(items: JsonSchema): JsonSchema {
  return { type: ['string', 'array', 'null'], items };
}

/** For a field that may be a text or an object: a text must be one of these. */
export function textIsOneOf(values: readonly string[]): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  return { if: { type: 'string' }, then: { enum: values } };
}

/** The name of a JSON schema for an answer. */
export const schemaName = { type: 'string', maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' } as const;

export function object(properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', required, properties };
}

/** Objects distinguished by a key; each branch has the schema of its other keys. */
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

/** The schema of objects whose `type` is one of `type`. */
export function whenType(type: JsonSchema, schema: JsonSchema): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  return { if: object({ type }, ['type']), then: schema };
}

/** Objects with a `type`; objects of unnamed types need no further keys. */
export function typed(branches: Record<string, JsonSchema>): JsonSchema {
  return {
    ...object({ type: text }, ['type']),
    allOf: Object.entries(branches).map(([type, branch]) => whenType({ const: type }, branch)),
  };
}

/** Sampling as the OpenAI APIs have it. */
export const samplingProperties = {
  temperature: optionalNumber(0, 2),
  top_p: optionalNumber(0, 1),
  presence_penalty: optionalNumber(-2, 2),
  frequency_penalty: optionalNumber(-2, 2),
  logit_bias: { type: ['object', 'null'], additionalProperties: { type: 'number', minimum: -100, maximum: 100 } },
  seed: optionalInteger(),
} as const satisfies Record<string, JsonSchema>;

/** OpenAI takes 4 stop sequences; other servers take more. Each is looked for in every delta. */
export const maxStopSequences = 64;

export const stopProperty: JsonSchema = {
  type: ['string', 'array', 'null'],
  minLength: 1,
  maxItems: maxStopSequences,
  items: { type: 'string', minLength: 1 },
};
