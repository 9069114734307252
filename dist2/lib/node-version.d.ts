/**
 * The message for an older Node, which would otherwise fail with a stack trace at the first missing feature. Undefined: it is
 * new enough.
 *
 * @param version as in `process.versions.node`
 */
export declare function describeOldNode(version: string): string | undefined;
