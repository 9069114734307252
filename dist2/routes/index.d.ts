/** Every path that the server answers, in the order in which they are matched: the busiest first. */
import type { Route } from '../lib/server/route.ts';
declare const routes: readonly Route[];
export default routes;
