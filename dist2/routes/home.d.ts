/**
 * What is served here, for whoever opens the base URL: a page for a browser, a list for a tool. A program that takes anything gets
 * what Ollama says there: its clients look for that text, or at least for the status, to find out whether the server runs (HEAD too).
 */
declare const _default: import("../lib/server/route.ts").Route;
export default _default;
