/** Checks a request body against its JSON Schema and words the first fault as OpenAI does, with the field it is in. */
import type { Ajv, Options } from 'ajv';
import type { JsonSchema } from '../json-schema.ts';
/** Throws for a body that the schema refuses. */
export interface Validator {
    (body: unknown): void;
    /** Compiles the schema now instead of at first use. */
    compile(): void;
}
/**
 * The schema is compiled at first use, so that a server which never serves an API never pays for it. Write unions of
 * objects with `discriminator` and `oneOf`: the fault is then reported inside the branch that the discriminator names.
 * @throws OpenCompatError (from the validator) OC_MISSING_PARAMETER, OC_INVALID_TYPE, OC_INVALID_VALUE
 */
export declare function createValidator(schema: JsonSchema): Validator;
/** @param code how the code of validators is made, where it is kept */
export declare function createRequestAjv(code?: Options['code']): Ajv;
/** "Invalid value: 'foo'. Supported values are: 'a', 'b', and 'c'." */
export declare function notSupported(value: unknown, supported: readonly unknown[]): string;
