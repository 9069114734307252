/** Anthropic Messages. */
export declare const createMessage: import("../lib/server/route.ts").Route;
/** How many tokens a request has: by its model's provider where that counts, else as counted here. Never an error of theirs. */
export declare const countTokens: import("../lib/server/route.ts").Route;
