import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a package, or a file by its path, on demand, synchronously: what the start does not need would take much of its time
 * and of an idle server's memory.
 */
export function loadPackage<T>(name: string): T {
  return require(name) as T;
}
