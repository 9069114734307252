/**
 * Preloaded into every process of `npm test` (`node --import`): keeps what Node has stripped of types and compiled, so
 * that the next process that loads a module reads it from disk. A process of specs loads nearly all
 * of lib/; without the cache, starting takes half of the processor time of the whole specification.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../node_modules/.cache/opencompat-specs', import.meta.url));
// For the servers and commands that specs start as processes.
process.env.NODE_COMPILE_CACHE ??= folder;
enableCompileCache(process.env.NODE_COMPILE_CACHE);
