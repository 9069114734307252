/** The process is alive. */
export declare const health: import("../lib/server/route.ts").Route;
/**
 * The server takes requests unless it is stopping. A sign-in that has ended does not take it out of service: clients then get
 * the server's own error, which says what to do, instead of a reverse proxy's. The body tells the operator the state of
 * each provider: `status` is `ready`, `degraded` (no provider can answer, or none of the models of an alias, each of them out of
 * quota) or `not ready` (the server is stopping).
 */
export declare const ready: import("../lib/server/route.ts").Route;
