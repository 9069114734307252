/** Parts of request schemas: null means "not given" wherever an SDK may send it. */
import type { JsonSchema } from '../json-schema.ts';
export declare const text: {
    readonly type: 'string';
};
export declare const optionalText: {
    readonly type: readonly ['string', 'null'];
};
export declare const optionalFlag: {
    readonly type: readonly ['boolean', 'null'];
};
export declare const optionalObject: {
    readonly type: readonly ['object', 'null'];
};
export declare const name: {
    readonly type: 'string';
    readonly minLength: 1;
};
/** Without limits here: the provider's apply. */
export declare function optionalNumber(minimum?: number, maximum?: number): JsonSchema;
export declare function optionalInteger(minimum?: number, maximum?: number): JsonSchema;
export declare function optionalOneOf(values: readonly string[]): JsonSchema;
export declare function optionalList(items?: JsonSchema): JsonSchema;
export declare function textOr(items: JsonSchema): JsonSchema;
export declare function optionalTextOr(items: JsonSchema): JsonSchema;
/** For a field that may be a text or an object: a text must be one of these. */
export declare function textIsOneOf(values: readonly string[]): JsonSchema;
/** The name of a JSON schema for an answer. */
export declare const schemaName: {
    readonly type: 'string';
    readonly maxLength: 64;
    readonly pattern: '^[a-zA-Z0-9_-]+$';
};
export declare function object(properties: Record<string, JsonSchema>, required?: readonly string[]): JsonSchema;
/** Objects distinguished by a key; each branch has the schema of its other keys. */
export declare function union(key: string, branches: Record<string, JsonSchema>, type?: JsonSchema['type']): JsonSchema;
/** The schema of objects whose `type` is one of `type`. */
export declare function whenType(type: JsonSchema, schema: JsonSchema): JsonSchema;
/** Objects with a `type`; objects of unnamed types need no further keys. */
export declare function typed(branches: Record<string, JsonSchema>): JsonSchema;
/** Sampling as the OpenAI APIs have it. */
export declare const samplingProperties: {
    readonly temperature: JsonSchema;
    readonly top_p: JsonSchema;
    readonly presence_penalty: JsonSchema;
    readonly frequency_penalty: JsonSchema;
    readonly logit_bias: {
        readonly type: readonly ["object", "null"];
        readonly additionalProperties: {
            readonly type: 'number';
            readonly minimum: -100;
            readonly maximum: 100;
        };
    };
    readonly seed: JsonSchema;
};
/** OpenAI takes 4 stop sequences; other servers take more. Each is looked for in every delta. */
export declare const maxStopSequences = 64;
export declare const stopProperty: JsonSchema;
