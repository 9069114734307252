/** OpenAI Responses. */
export declare const createResponse: import("../lib/server/route.ts").Route;
/** The same over a WebSocket, as a request for one. */
export declare const openResponseSocket: import("../lib/server/route.ts").Route;
/**
 * A kept answer, or one that is being made in the background; with `stream=true` as a stream, from behind `starting_after` on.
 */
export declare const retrieveResponse: import("../lib/server/route.ts").Route;
export declare const deleteResponse: import("../lib/server/route.ts").Route;
/** Stops an answer that is made in the background; one that has ended is told as it is. */
export declare const cancelResponse: import("../lib/server/route.ts").Route;
/** The input of a kept answer's own request; earlier input is listed under the previous answer. */
export declare const listResponseInput: import("../lib/server/route.ts").Route;
/** How many tokens a request would bring, as counted here: texts, tools and schemas. */
export declare const countResponseInput: import("../lib/server/route.ts").Route;
/** A long conversation made short, where the upstream can. */
export declare const compactResponse: import("../lib/server/route.ts").Route;
