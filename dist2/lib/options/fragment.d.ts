/**
 * A fragment of the configuration: the keys that one owner declares, in the order in which they are documented, and the
 * TypeScript type of their values. config/schema.ts composes the fragments. A fragment rests on JSON Schema alone, so that
 * its owner can stand below the configuration and still be given its own values by their types.
 */
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { Secret } from '../secret.ts';
import type { Fault } from './faults.ts';
/** The keys of one owner by their names; the first one says its section (`x-section`). */
export type ConfigFragment = Readonly<Record<string, JsonSchema>>;
type SecretText = {
    readonly type: 'string';
    readonly 'x-secret': true;
};
/** Values as they are configured: a text that is secret (`x-secret`) is wrapped in `Secret`. */
export type ConfigOf<F extends ConfigFragment> = {
    readonly [K in keyof FromSchema<{
        readonly properties: F;
    }>]: K extends keyof F ? F[K] extends SecretText ? Secret | undefined : FromSchema<{
        readonly properties: F;
    }>[K] : never;
};
/** Where the configuration comes from, and where the server keeps its files. */
export interface ConfigPlaces {
    /** Directory of the configuration file, which relative paths in it are relative to; else the working directory. */
    readonly baseDir: string;
    /** The file that was read, if any. */
    readonly file: string | undefined;
    /** `$XDG_DATA_HOME/opencompat`: credentials. */
    readonly dataDir: string;
    /** `$XDG_CACHE_HOME/opencompat`: instruction files and model lists. */
    readonly cacheDir: string;
}
/** Values as they are written, with the defaults filled in. */
export type WrittenOf<F extends ConfigFragment> = FromSchema<{
    readonly properties: F;
}>;
/** What no schema can say: values that must fit each other. */
export interface ConfigCheck<Values = Readonly<Record<string, unknown>>> {
    /** Stable; the documentation lists it. */
    readonly code: string;
    /** One sentence for the documentation. */
    readonly rule: string;
    /** What is compared; the check is left out when one of these, or an item directly in it, is at fault by itself. */
    readonly keys: readonly (keyof Values & string)[];
    find(values: Values): Pick<Fault, 'path' | 'value' | 'reason'>[];
}
/** What the owner of a fragment says of its keys besides their schema. */
export interface ConfigRules<Values = Readonly<Record<string, unknown>>> {
    /**
     * Gives the owner's keys in the values of one source their present form, before they are checked: older spellings, paths
     * that are relative to where they were given.
     * @param directory what paths in this source are relative to: the file's folder, or the working directory
     */
    rewrite?(values: Readonly<Record<string, unknown>>, directory: string): RewrittenValues;
    readonly checks?: readonly ConfigCheck<Values>[];
    /** What is odd, but no fault. @param isGiven does any source give the key a value? */
    warn?(values: Values, isGiven: (key: keyof Values & string) => boolean): string[];
}
export interface RewrittenValues {
    readonly values: Readonly<Record<string, unknown>>;
    /** Of a key that another key's value brought: the key that was written. */
    readonly writtenAs?: Readonly<Record<string, string>>;
}
export {};
