/** The settings of a server of Anthropic's API: the keys of its entry of `providers` in the configuration. */
import type { FromSchema } from '../../json-schema.ts';
export declare const anthropicOptions: {
    readonly type: 'object';
    readonly additionalProperties: false;
    readonly properties: {
        readonly baseURL: {
            readonly type: 'string';
            readonly format: 'http-url';
            readonly default: 'https://api.anthropic.com';
            readonly description: 'What Anthropic’s SDKs call `base_url`, without `/v1`.';
        };
        readonly apiKey: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, without `Bearer`';
            readonly 'x-secret': true;
            readonly description: 'Sent as `x-api-key: …`. Absent: none is sent.';
        };
        readonly headers: {
            readonly type: 'object';
            readonly additionalProperties: {
                readonly type: 'string';
                readonly pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$';
                readonly 'x-secret': true;
            };
            readonly 'x-secret': true;
            readonly description: 'Further request headers.';
        };
        readonly models: {
            readonly type: 'array';
            readonly minItems: 1;
            readonly items: {
                readonly type: 'string';
                readonly minLength: 1;
                readonly maxLength: 200;
            };
            readonly description: 'The only models to serve. Absent: all that the server lists, and any others with the prefix.';
        };
        readonly timeout: {
            readonly type: 'number';
            readonly exclusiveMinimum: 0;
            readonly maximum: number;
            readonly 'x-unit': "seconds";
            readonly description: 'Longest silence of this server, instead of `upstreamIdleTimeout`.';
        };
        readonly omit: {
            readonly type: 'array';
            readonly items: {
                readonly type: 'string';
                readonly minLength: 1;
                readonly maxLength: 64;
            };
            readonly description: 'Fields of a request that this server refuses, such as `parallel_tool_calls` or `stream_options`: left out, and named as ignored. `strict` (of tools), `developer` (the role), `system` (instructions at all), `ending` (a last word of the assistant), `order` (instructions in the middle, two turns of one side), `names` (of tools, with dots, spaces and the like), `schemas` (of tools, in all dialects) and `reasoning_content` (in messages) stand for what is inside. What the server refuses is learned anyway.';
        };
    };
};
export type AnthropicOptions = FromSchema<typeof anthropicOptions>;
