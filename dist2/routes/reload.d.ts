/** Takes up a changed configuration, and tells what has become of it. For `opencompat reload`, which has the key of the server's run. */
declare const _default: import("../lib/server/route.ts").Route;
export default _default;
