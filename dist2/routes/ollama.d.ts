import { type Route } from '../lib/server/route.ts';
declare const ollama: readonly Route[];
export default ollama;
