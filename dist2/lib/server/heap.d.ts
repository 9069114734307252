/** Has hot code optimised, and lets the young generation grow up to its limit: under load more memory is faster. */
export declare function readyForLoad(): void;
