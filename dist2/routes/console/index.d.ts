/** The operator's console: a page, and its API (README.md). What it needs is loaded when somebody opens it. */
import { type Route } from '../../lib/server/route.ts';
declare const routes: readonly Route[];
export default routes;
