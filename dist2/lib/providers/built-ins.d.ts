/** The providers of the registry in the order in which they are asked for a model. */
import type { ConfigOf } from '../options/fragment.ts';
import type { BuiltInProvider } from './definition.ts';
import * as registry from './registry.ts';
type Registry = typeof registry;
/** Sorted by turn, then by name. */
export declare const builtIns: readonly BuiltInProvider[];
type KeysOf<D> = D extends {
    readonly keys: infer F;
} ? F : never;
type Intersected<U> = (U extends unknown ? (member: U) => void : never) extends (all: infer I) => void ? I : never;
/** The keys of the configuration that the built-in providers declare, all together. */
export type ProviderKeys = Intersected<KeysOf<Registry[keyof Registry]>>;
/** Their values. */
export type ProvidersConfig = ConfigOf<ProviderKeys>;
export {};
