/** The schema of a Chat Completions request's tools and tool choice, and the types of checked ones. */
import type { JsonSchema } from '../../json-schema.ts';
import {
  name,
  object,
  optionalFlag,
  optionalObject,
  optionalOneOf,
  optionalText,
  text,
  textIsOneOf,
  union,
  whenType,
} from '../schema-parts.ts';
import type { Place } from '../search-location.ts';

export const functionDefinition = object({ name, description: optionalText, parameters: {}, strict: optionalFlag }, [
  'name',
]);

const customDefinition = object(
  {
    name,
    description: optionalText,
    format: union(
      'type',
      {
        text: object({}),
        grammar: object(
          {
            grammar: object({ syntax: { type: 'string', enum: ['lark', 'regex'] }, definition: text }, [
              'syntax',
              'definition',
            ]),
          },
          ['grammar'],
        ),
      },
      ['object', 'null'],
    ),
  },
  ['name'],
);

const approximateLocation = {
  city: optionalText,
  country: optionalText,
  region: optionalText,
  timezone: optionalText,
} as const;

/** Chat Completions nests the place in `approximate`; the Responses API, whose tools some clients send, does not. */
const userLocation: JsonSchema = {
  type: ['object', 'null'],
  properties: { ...approximateLocation, approximate: { type: ['object', 'null'], properties: approximateLocation } },
};

export const searchOptions = {
  search_context_size: optionalOneOf(['low', 'medium', 'high']),
  user_location: userLocation,
} as const satisfies Record<string, JsonSchema>;

/** Fields that stand in an object of their own or, as in the Responses API, beside the `type`. */
function nestedOrFlat(key: string, nested: JsonSchema, flat: JsonSchema = nested): JsonSchema {
  return {
    if: { required: ['name'], not: { required: [key] } },
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: flat,
    else: object({ [key]: nested }, [key]),
  };
}

/** Without a `discriminator`: the translation decides which tool types are served. */
export const tool: JsonSchema = {
  ...object({ type: text }, ['type']),
  allOf: [
    whenType({ const: 'function' }, nestedOrFlat('function', functionDefinition)),
    whenType({ const: 'custom' }, nestedOrFlat('custom', customDefinition, object({ name }, ['name']))),
    whenType({ type: 'string', pattern: '^web_search' }, object({ ...searchOptions, filters: optionalObject })),
  ],
};

const toolReferences = {
  function: nestedOrFlat('function', object({ name }, ['name'])),
  custom: nestedOrFlat('custom', object({ name }, ['name'])),
};

const allowedTools = object(
  {
    mode: { type: 'string', enum: ['auto', 'required'] },
    tools: { type: 'array', items: union('type', toolReferences) },
  },
  ['mode', 'tools'],
);

export const toolChoice: JsonSchema = {
  ...union(
    'type',
    {
      ...toolReferences,
      allowed_tools: {
        if: { required: ['tools'], not: { required: ['allowed_tools'] } },
        // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
        then: allowedTools,
        else: object({ allowed_tools: allowedTools }, ['allowed_tools']),
      },
    },
    ['string', 'object', 'null'],
  ),
  ...textIsOneOf(['none', 'auto', 'required']),
};

export interface FunctionDefinition {
  name: string;
  description?: string | null;
  /** Providers repair what is no schema of an object. */
  parameters?: unknown;
  strict?: boolean | null;
}

interface CustomDefinition {
  name: string;
  description?: string | null;
  format?: { type: 'text' } | { type: 'grammar'; grammar: { syntax: 'lark' | 'regex'; definition: string } } | null;
}

export interface WebSearchOptions {
  search_context_size?: 'low' | 'medium' | 'high' | null;
  user_location?: (Place & { approximate?: Place | null }) | null;
  filters?: Record<string, unknown> | null;
}

export type ChatTool =
  | { type: 'function'; function: FunctionDefinition }
  | { type: 'custom'; custom: CustomDefinition }
  | ({ type: 'web_search' } & WebSearchOptions)
  | { type: 'image_generation' };

export type ToolReference =
  | { type: 'function'; function: { name: string } }
  | { type: 'custom'; custom: { name: string } };

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | ToolReference
  | { type: 'allowed_tools'; allowed_tools: { mode: 'auto' | 'required'; tools: ToolReference[] } };
