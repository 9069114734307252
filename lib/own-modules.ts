/**
 * The one place where lib/ depends on the folders above it: boxes of the chain and routes are loaded by their path, like
 * plugins, when a server is created.
 */
import { builtParts } from './built-parts.ts';

/** @param path from the package's root, without an extension: `routes/index` */
export async function importOwn<T>(path: string): Promise<T> {
  const built = builtParts[path];
  const module = built ? built() : await import(new URL(`../${path}.ts`, import.meta.url).href);
  return (module as { default: T }).default;
}
