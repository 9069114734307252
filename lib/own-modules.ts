/**
 * The one place where lib/ depends on the folders above it: boxes of the chain and routes are loaded by their path, like
 * plugins, when a server is created.
 */

/** The sources run unbuilt and built. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** @param path from the package's root, without an extension: `routes/index` */
export async function importOwn<T>(path: string): Promise<T> {
  const module: { default: T } = await import(new URL(`../${path}.${extension}`, import.meta.url).href);
  return module.default;
}
