/** Checks configuration against a JSON Schema, with every fault in words. */
import type { Ajv, Options } from 'ajv';
import type { JsonSchema } from '../json-schema.ts';
import { type Fault } from './faults.ts';
/**
 * @param isOwn the schemas are this project's: to hold them to the schema of schemas would cost a start 15 ms
 * @param code how the code of validators is made, where it is kept
 */
export declare function createOptionsAjv(isOwn: boolean, code?: Options['code']): Ajv;
/** The schema of a box or provider without options. */
export declare const noOptions: JsonSchema;
/**
 * Finds every fault of a value, and fills in the schema's defaults in place.
 * @param path the value's own path, for the faults' paths
 * @param isOwn is the schema this project's own, and so right? Default false
 */
export declare function checkOptions(schema: JsonSchema, value: unknown, path: string, isOwn?: boolean): Fault[];
/** The options of an entry without options: the schema's defaults, filled in without loading ajv. */
export declare function defaultsOf({ properties }: JsonSchema): Record<string, unknown>;
