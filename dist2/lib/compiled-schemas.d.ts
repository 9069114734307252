/** Validators of this project's own schemas, which the build compiles ahead: ajv's own way takes 50 to 180 ms and 15 MB. */
import type { ValidateFunction } from 'ajv';
import type { JsonSchema } from './json-schema.ts';
/** What a validator is for: each has its own settings of ajv. */
export type SchemaUse = 'request' | 'options';
/** The name of a schema's validator in the bundle. It is made of what it holds, so that it cannot be out of date. */
export declare function compiledName(use: SchemaUse, schema: JsonSchema): string;
/** The validator of a schema that the build knew; undefined where the sources run, and for schemas of others. */
export declare function findCompiled(use: SchemaUse, schema: JsonSchema): ValidateFunction | undefined;
