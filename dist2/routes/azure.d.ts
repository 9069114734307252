import { type Route } from '../lib/server/route.ts';
declare const azure: readonly Route[];
export default azure;
