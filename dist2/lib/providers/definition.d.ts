/** The public contract of providers, built-in ones and plugins alike; see README.md in this folder. */
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { Lasting } from '../lasting.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ConfigFragment, ConfigOf, ConfigPlaces, ConfigRules, WrittenOf } from '../options/fragment.ts';
import type { Scheduler } from '../scheduler.ts';
import type { PluginState } from '../storage/plugin-state.ts';
import type { RedisConnection } from '../storage/redis.ts';
import type { ProvidedProvider, Provider } from './provider.ts';
import type { SignIn } from './sign-in.ts';
/**
 * What the server gives to each provider when it is created.
 * @typeParam C the configuration that the provider is given: all of it for a plugin, its own keys for a built-in one
 */
export interface ProviderServices<C = ConfigPlaces> {
    /** Its name in the configuration, in `provider/model`, in logs and in the names of its files. */
    readonly name: string;
    /** The effective configuration, read-only. Secrets in it are `Secret`s. */
    readonly config: C;
    readonly log: Logger;
    /**
     * Runs a task repeatedly, until the provider is closed: at an interval in minutes, or by a cron expression. The first run comes
     * once the server listens.
     */
    readonly scheduler: Pick<Scheduler, 'schedule'>;
    /** What is to outlive a reload of the configuration, after which the provider is created anew. The names are its own. */
    readonly lasting: Lasting;
    /** What it remembers of each client, over restarts, and in Redis where several servers share that. */
    readonly clientState: PluginState;
    /** Where it counts and measures: shown at `/metrics`. */
    readonly metrics: Metrics;
    /** The state that replicas share. Absent: this server runs alone, and keeps sign-ins in files. */
    readonly redis?: RedisConnection;
    /** All providers in the order in which they are asked for a model; complete when the last one has been created. */
    readonly providers: readonly Provider[];
    /** The definitions of the built-in providers. */
    readonly builtIns: readonly BuiltInProvider[];
}
/**
 * A provider before it is created.
 * @typeParam S the schema of its options
 * @typeParam C the configuration that it is given
 */
export interface ProviderDefinition<S extends JsonSchema = JsonSchema, C = ConfigPlaces> {
    /** kebab-case. Of a built-in one: its `type` in the configuration. */
    readonly name?: string;
    /**
     * JSON Schema (https://json-schema.org/draft-07) of the options. ajv checks them and fills in defaults; `create` gets them
     * with the type that the schema describes. Absent: the provider takes no options.
     */
    readonly options?: S;
    /**
     * Called when the server starts, and when a reload changes the configuration. The provider's `close` closes whatever this opens.
     * @throws Error to stop the start or the reload; its message is shown beside the provider's place in the configuration
     */
    create(options: FromSchema<S>, services: ProviderServices<C>): ProvidedProvider | Promise<ProvidedProvider>;
}
export interface ProviderPlugin<S extends JsonSchema = JsonSchema, C = ConfigPlaces> extends ProviderDefinition<S, C> {
    readonly kind: 'provider';
}
/** A provider that a key of the configuration asks for, without an entry of `providers`. */
export interface KeyedProvider {
    readonly name: string;
    readonly options: Record<string, unknown>;
    /** The key that asks for it, for faults. */
    readonly path: string;
}
/** Further data besides models that `opencompat models --refresh` fetches. */
export interface FetchedExtra<C = ConfigPlaces> {
    /** At the head of its line in the command's output: "Instructions". */
    readonly title: string;
    /** In the command's help: "Codex’s instruction texts". */
    readonly what: string;
    /** @throws Error whose message is for the person at the terminal */
    fetch(services: Pick<ProviderServices<C>, 'config' | 'log'>): Promise<void>;
}
/** The fields of built-in providers only. @typeParam C its values of the configuration */
interface BuiltInParts<C> {
    readonly name: string;
    /** As people call it: "ChatGPT". */
    readonly title: string;
    /**
     * `once`: there without being configured, under its own name and no other. `configured`: there for each entry of the
     * configuration that has it as its type.
     */
    readonly presence: 'once' | 'configured';
    /**
     * Its turn when a model is looked up: plans that are paid for, then providers paid by use, then the stand-in for all others.
     */
    readonly turn: 'plan' | 'paid' | 'stand-in';
    /** How to sign in to it. Absent: it needs no sign-in. */
    readonly signIn?: SignIn<C>;
    readonly extra?: FetchedExtra<C>;
    /** Where it calls out to, as URLs, for those who look for faults on the way there. Absent: nowhere. */
    addresses?(config: C, options: Readonly<Record<string, unknown>>): readonly string[];
    /** The provider that its keys of the configuration ask for, without an entry of `providers`. */
    fromKeys?(config: C): KeyedProvider | undefined;
}
/** A provider that comes with the package. */
export interface BuiltInProvider extends Omit<ProviderPlugin, 'name'>, BuiltInParts<ConfigPlaces> {
    /** Its fragment of the configuration. */
    readonly keys?: ConfigFragment;
    /** Rules that the schema of its keys cannot express. */
    readonly rules?: ConfigRules;
}
/** One of them, with its own keys by their types. */
type DeclaredBuiltIn<F extends ConfigFragment> = Omit<BuiltInProvider, 'keys'> & {
    readonly keys: F;
};
/**
 * Declares a provider: the definition itself, with the types of its options.
 * @example
 * export default defineProvider({
 *   options: { type: 'object', properties: { times: { type: 'integer', default: 1 } } },
 *   create: ({ times }, { name, log }) => createParrot(name, times, log),
 * });
 */
export declare function defineProvider<const S extends JsonSchema, C = ConfigPlaces>(definition: ProviderDefinition<S, C>): ProviderPlugin<S, C>;
/**
 * Declares a provider of the registry. Its definition is loaded by every command, so it imports no more than its keys,
 * and loads what it opens when that is asked for.
 * @example
 * export const parrot = defineBuiltIn({
 *   name: 'parrot',
 *   title: 'The parrot',
 *   presence: 'once',
 *   turn: 'stand-in',
 *   keys: parrotKeys,
 *   create: async (_options, services) => (await import('./open.ts')).openParrot(services),
 * });
 */
export declare function defineBuiltIn<const S extends JsonSchema, const F extends ConfigFragment>(definition: ProviderDefinition<S, ConfigOf<F> & ConfigPlaces> & BuiltInParts<ConfigOf<F> & ConfigPlaces> & {
    readonly keys: F;
    readonly rules?: ConfigRules<WrittenOf<F>>;
}): DeclaredBuiltIn<F>;
export {};
