/** OpenAI Chat Completions. */
declare const _default: import("../lib/server/route.ts").Route;
export default _default;
