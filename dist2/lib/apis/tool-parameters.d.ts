/**
 * The schema of a tool's arguments as every upstream takes it. Those of MCP servers come in all dialects of JSON Schema, and
 * with faults; an upstream refuses the whole request for one of them (OpenAI, Anthropic, Gemini, seen 2026).
 */
import { type Json } from '../lenient-json.ts';
export interface ParametersOptions {
    /** Does the upstream resolve `$ref`? Default false: what is referred to is put in its place. */
    hasReferences?: boolean;
    /** The names of properties that the upstream takes. Default: all. Those of other names are told in the description. */
    propertyName?: RegExp;
    /** How much may still be put in the place of references, in schemas; shared by the tools of a request. */
    budget?: {
        schemas: number;
    };
}
/** For the tools of one request, which a few lines of references could otherwise make as large as they like. */
export declare function createSchemaBudget(): {
    schemas: number;
};
/** An object schema with `properties`, and no alternatives at its root. A schema without faults stays as it is. */
export declare function toToolParameters(schema: unknown, options?: ParametersOptions): Json;
