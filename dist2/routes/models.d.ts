/** The models of every provider that can answer, and the aliases of those. */
export declare const modelList: import("../lib/server/route.ts").Route;
/** One model, by any name that a request may give it. */
export declare const modelDetail: import("../lib/server/route.ts").Route;
