import { type Route } from '../lib/server/route.ts';
declare const _default: Route;
export default _default;
