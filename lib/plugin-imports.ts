/** Imports plugins from the configuration's folder, and lets them import this package by its name. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The placeholder for a plugin without a path or package. */
export const builtInOrigin = 'built-in';

const scheme = 'opencompat-plugin:';
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
/** The entry points of this package that a plugin in any folder may import. */
const ownModules: ReadonlyMap<string, string> = new Map([
  ['opencompat', new URL(`./index.${extension}`, import.meta.url).href],
  ['opencompat/testing', new URL(`../spec/support/index.${extension}`, import.meta.url).href],
]);

/** The purpose of a plan of chains or providers. */
export interface PlanOptions {
  /** false: the plan is only shown. No plugin is run then, and only its file is known. */
  readonly loadsPlugins: boolean;
}

let areHooksRegistered = false;
const hrefBySpecifier = new Map<string, string>();

/**
 * `import … from 'opencompat'` in a plugin resolves to the running server's own package, also when that is installed
 * globally and the plugin's folder has no node_modules. And a plugin's own specifier is resolved as if the
 * configuration's folder had imported it, by the rules of `import` (a package may have no `require` entry).
 */
function registerPluginHooks(): void {
  if (areHooksRegistered) return;
  areHooksRegistered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const own = ownModules.get(specifier);
      if (own) return nextResolve(own, context);
      if (!specifier.startsWith(scheme)) return nextResolve(specifier, context);
      const [wanted = '', parentURL = ''] = specifier.slice(scheme.length).split('\n');
      const resolved = nextResolve(wanted, { ...context, parentURL });
      hrefBySpecifier.set(specifier, resolved.url);
      return resolved;
    },
  });
}

/**
 * @param specifier a path, or a package's name
 * @param folder the base of relative paths, and the start of the search for packages
 * @returns the default export, and the URL of the file it came from
 */
export async function importPlugin(specifier: string, folder: string): Promise<{ exported: unknown; href: string }> {
  registerPluginHooks();
  const wanted = isBarePath(specifier) ? `./${specifier}` : specifier;
  const request = `${scheme}${wanted}\n${pathToFileURL(`${folder}/`).href}`;
  const module: { default?: unknown } = await import(request);
  return { exported: module.default, href: hrefBySpecifier.get(request) ?? '' };
}

function isBarePath(specifier: string): boolean {
  return /\.[cm]?[jt]s$/.test(specifier) && !/^(\.|\/|[a-z]+:)/i.test(specifier);
}

/**
 * Describes a plugin without running it. Only the import itself finds a package's folder.
 * @throws Error for a path at which there is no file
 */
export function checkPluginFile(specifier: string, folder: string): void {
  if (!isBarePath(specifier) && !/^(\.{1,2}\/|\/)/.test(specifier)) return;
  const path = resolve(folder, specifier);
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
}
