/** OpenAI Images: pictures from a prompt, by a provider whose models draw. */
declare const _default: import("../lib/server/route.ts").Route;
export default _default;
