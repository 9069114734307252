/** The boxes of the chain, in order, by their names in `middleware/index.ts`. The configuration may change it. */
export declare const defaultChain: readonly ['request-id', 'access-log', 'security-headers', 'host-guard', 'cors', 'client-auth', 'rate-limit', 'parse-body', 'restore-thread', 'validate', 'restore-conversation', 'resolve-model', 'rewrite-request', 'inject-auth', 'rewrite-response', 'proxy'];
export type BoxName = (typeof defaultChain)[number];
/**
 * The default place of a plugin: the request is fully known here, and the upstream request is not built yet.
 */
export declare const defaultPlace: BoxName;
