/**
 * The keys of a request that its API does not know but a provider may: only names that fit into the header that lists ignored
 * ones. Undefined without any.
 */
export declare function toExtra(body: object, known: ReadonlySet<string>): Record<string, unknown> | undefined;
