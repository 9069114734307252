/** The list of a kept request's input items, page by page. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
export interface InputPage {
    limit: number;
    order: 'asc' | 'desc';
    /** Id of the last item of the previous page. */
    after?: string;
}
/** Undefined when no item has the id `after`. */
export declare function listInputItems(responseId: string, input: readonly CanonicalInputItem[], { limit, order, after }: InputPage): object | undefined;
