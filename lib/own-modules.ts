/**
 * The one place where lib/ reaches up to the folders that rest on it: boxes of the chain and routes are loaded by their
 * path, as plugins are, when a server comes to be.
 */

/** The sources run as they are, and built. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** @param path from the package's root, without an extension: `routes/index` */
export async function importOwn<T>(path: string): Promise<T> {
  const module: { default: T } = await import(new URL(`../${path}.${extension}`, import.meta.url).href);
  return module.default;
}
