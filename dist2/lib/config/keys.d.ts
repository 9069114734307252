/** The keys of the configuration: what each is called in the environment and as a flag, and how a text becomes its value. */
import type { JsonSchema } from '../json-schema.ts';
export interface ConfigKey {
    readonly name: string;
    readonly schema: JsonSchema;
    /** Environment variables; the first is the documented one, the rest are older spellings. Empty: only in the file. */
    readonly env: readonly string[];
    /** `--reasoning-effort`; absent: only in the file. */
    readonly flag: string | undefined;
    /** Heading in the documentation. */
    readonly section: string;
}
/** In the order of the schema. */
export declare const configKeys: readonly ConfigKey[];
export declare function hasType({ type }: JsonSchema, wanted: string): boolean;
/**
 * The value that a text from the environment or the command line stands for. A text that does not fit the type stays a
 * text, for the check to complain of.
 */
export declare function valueFromText(schema: JsonSchema, text: string): unknown;
