/**
 * The public contract of those who provide models. Every built-in provider is declared with it, and so is a plugin's; see
 * README.md in this folder.
 */
import type { Config } from '../config/schema.ts';
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { Logger } from '../log.ts';
import type { Scheduler } from '../scheduler.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { Provider } from './provider.ts';

/** What the server gives to each provider when it is created. */
export interface ProviderServices {
  /** What the configuration calls it: its name in `provider/model`, in logs and in the names of its files. */
  readonly name: string;
  /** The effective configuration, read-only. Secrets in it are `Secret`s. */
  readonly config: Config;
  readonly log: Logger;
  /** For what is to be done again and again. Nothing of it runs before the server listens. */
  readonly scheduler: Pick<Scheduler, 'schedule'>;
  /** Where replicas share what they know. Absent: this server is alone, and sign-ins are kept in files. */
  readonly redis?: RedisConnection;
  /** All providers in the order in which they are asked for a model; complete when the last one has been created. */
  readonly providers: readonly Provider[];
}

export interface ProviderDefinition<S extends JsonSchema = JsonSchema> {
  /** kebab-case. Of a built-in one: its `type` in the configuration. */
  readonly name?: string;
  /** JSON Schema of the options; checked by ajv with defaults filled in; gives `options` its type. Absent: it has none. */
  readonly options?: S;
  /** What it opens here, the provider's own `close` closes. */
  create(options: FromSchema<S>, services: ProviderServices): Provider | Promise<Provider>;
}

export interface ProviderPlugin<S extends JsonSchema = JsonSchema> extends ProviderDefinition<S> {
  readonly kind: 'provider';
}

/** A provider that comes with the package. */
export interface BuiltInProvider extends ProviderPlugin {
  readonly name: string;
  /**
   * `once`: there without being configured, under its own name and no other. `configured`: there for each entry of the
   * configuration that has it as its type.
   */
  readonly presence: 'once' | 'configured';
}

/** Identity, plus types: declares a provider. */
export function defineProvider<const S extends JsonSchema>(definition: ProviderDefinition<S>): ProviderPlugin<S> {
  return { kind: 'provider', ...definition };
}

/** The same for one of the registry. */
export function defineBuiltIn<const S extends JsonSchema>(
  definition: ProviderDefinition<S> & Pick<BuiltInProvider, 'name' | 'presence'>,
): BuiltInProvider {
  return { kind: 'provider', ...definition } as BuiltInProvider;
}
