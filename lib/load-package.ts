import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a package at the moment it is needed, synchronously: the ones that a start does not need would take a good part
 * of its time and of an idle server's memory.
 */
export function loadPackage<T>(name: string): T {
  return require(name) as T;
}
