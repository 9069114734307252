import { type Route } from '../lib/server/route.ts';
declare const files: readonly Route[];
export default files;
