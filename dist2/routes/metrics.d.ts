/**
 * Counters and times in the Prometheus text format. They tell who uses what, so they are behind `metricsToken`, else behind the
 * client keys.
 */
declare const _default: import("../lib/server/route.ts").Route;
export default _default;
