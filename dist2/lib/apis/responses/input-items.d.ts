/** Items on their way back into a request: as clients send them, and as answers are kept. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { LooseItem } from './schema.ts';
/**
 * An item in canonical form: a message says that it is one and has its content in parts. Ids, states and authors are left out,
 * as no upstream knows them and strict ones refuse them. Only ids for a look-up stay: those of references, and of reasoning
 * without its encrypted form.
 */
export declare function toInputItem(source: LooseItem): CanonicalInputItem;
