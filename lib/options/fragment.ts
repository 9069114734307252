/**
 * A fragment of the configuration: the keys that one owner declares, in the order in which they are documented, and the
 * TypeScript type of their values. config/schema.ts composes the fragments. A fragment rests on JSON Schema alone, so that
 * its owner can stand below the configuration and still be given its own values by their types.
 */
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { Secret } from '../secret.ts';

/** The keys of one owner by their names; the first one says its section (`x-section`). */
export type ConfigFragment = Readonly<Record<string, JsonSchema>>;

type SecretText = { readonly type: 'string'; readonly 'x-secret': true };

/** Values as they are configured: a text that is secret (`x-secret`) is wrapped in `Secret`. */
export type ConfigOf<F extends ConfigFragment> = {
  readonly [K in keyof FromSchema<{ readonly properties: F }>]: K extends keyof F
    ? F[K] extends SecretText
      ? Secret | undefined
      : FromSchema<{ readonly properties: F }>[K]
    : never;
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
