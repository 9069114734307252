/** The providers of the registry in the order in which they are asked for a model. */
import type { ConfigOf } from '../options/fragment.ts';
import type { BuiltInProvider } from './definition.ts';
import * as registry from './registry.ts';

type Registry = typeof registry;

/** Plans and seats are already paid for; providers paid by use come after them, and a stand-in last. */
const turns: readonly BuiltInProvider['turn'][] = ['plan', 'paid', 'stand-in'];

/** Sorted by turn, then by name. */
export const builtIns: readonly BuiltInProvider[] = Object.values<BuiltInProvider>(registry).sort(
  // Without localeCompare, whose first call costs a start 6 ms.
  (a, b) => turns.indexOf(a.turn) - turns.indexOf(b.turn) || (a.name < b.name ? -1 : 1),
);

type KeysOf<D> = D extends { readonly keys: infer F } ? F : never;
type Intersected<U> = (U extends unknown ? (member: U) => void : never) extends (all: infer I) => void ? I : never;

/** The keys of the configuration that the built-in providers declare, all together. */
export type ProviderKeys = Intersected<KeysOf<Registry[keyof Registry]>>;

/** Their values. */
export type ProvidersConfig = ConfigOf<ProviderKeys>;
