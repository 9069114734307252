/** The settings of an OpenAI-compatible server: the keys of its entry of `providers` in the configuration. */
import { reasoningEfforts } from '../../canonical/types.ts';
import type { FromSchema, JsonSchema } from '../../json-schema.ts';
import { seconds } from '../../options/parts.ts';

export const openAiCompatibleOptions = {
  type: 'object',
  additionalProperties: false,
  required: ['baseURL'],
  properties: {
    baseURL: {
      type: 'string',
      format: 'http-url',
      description:
        'What the SDKs call `base_url`, such as `http://127.0.0.1:11434/v1`. Without a path, `/v1` is meant.',
    },
    apiKey: {
      type: 'string',
      // A header value (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5) that can be a bearer token.
      pattern: '^[\\x21-\\x7e]+$',
      'x-expected': 'one word of printable ASCII characters, without `Bearer`',
      'x-secret': true,
      description: 'Sent as `Authorization: Bearer …`. Absent: none is sent.',
    },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', 'x-secret': true },
      'x-secret': true,
      description: 'Further request headers.',
    },
    models: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, maxLength: 200 },
      description: 'The only models to serve. Absent: all that the server lists, and any others with the prefix.',
    },
    timeout: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: seconds.maximum,
      'x-unit': seconds['x-unit'],
      description: 'Longest silence of this server, instead of `upstreamIdleTimeout`.',
    },
    omit: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 64 },
      description:
        'Fields of a request that this server refuses, such as `parallel_tool_calls` or `stream_options`: left out, and named as ignored. `strict` (of tools), `developer` (the role), `system` (instructions at all), `ending` (a last word of the assistant), `order` (instructions in the middle, two turns of one side), `names` (of tools, with dots, spaces and the like), `schemas` (of tools, in all dialects) and `reasoning_content` (in messages) stand for what is inside. What the server refuses is learned anyway.',
    },
    efforts: {
      type: 'array',
      items: { enum: [...reasoningEfforts] },
      description:
        'The words of `reasoning_effort` that this server takes; the nearest is sent for another. Empty: none is sent.',
    },
    reasoning: {
      enum: ['reasoning_content', 'reasoning'],
      description:
        'The field in which this server wants the reasoning back beside tool calls, whoever has kept it. What it gave itself it gets back anyway, and what it misses is learned.',
    },
    responses: {
      enum: ['auto', true, false],
      default: 'auto',
      description: 'Does it have the Responses API? Clients of that API are then served by it. `auto`: find out.',
    },
  },
} as const satisfies JsonSchema;

export type OpenAiCompatibleOptions = FromSchema<typeof openAiCompatibleOptions>;
