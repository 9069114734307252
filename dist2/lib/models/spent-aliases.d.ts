import type { OpenCompatError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { Availability } from './availability.ts';
import { type Aliases } from './resolve.ts';
/**
 * The aliases of which no model can be asked now, since each has said so, with what the first of them said. Aliases with `*`
 * stand for no name of their own, and what leads nowhere is said at start.
 */
export declare function findSpentAliases(aliases: Aliases, providers: readonly Provider[], availability: Availability): Map<string, OpenCompatError>;
