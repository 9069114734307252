/** Imports plugins from where the configuration lies, and lets them import this package by its name. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What stands for a plugin's path or package where there is none. */
export const builtInOrigin = 'built-in';

const scheme = 'opencompat-plugin:';
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
/** What a plugin may import of this package, wherever its own file lies. */
const ownModules: ReadonlyMap<string, string> = new Map([
  ['opencompat', new URL(`./index.${extension}`, import.meta.url).href],
  ['opencompat/testing', new URL(`../spec/support/index.${extension}`, import.meta.url).href],
]);

/** What the plans of chains and providers are made for. */
export interface PlanOptions {
  /** false: to be looked at only. Then no plugin is run, and of each no more is known than its file. */
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
 * @param folder what a path is relative to, and where packages are looked for
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
 * What can be said of a plugin without running it. Where a package lies is known to the import alone.
 * @throws Error for a path at which there is no file
 */
export function checkPluginFile(specifier: string, folder: string): void {
  if (!isBarePath(specifier) && !/^(\.{1,2}\/|\/)/.test(specifier)) return;
  const path = resolve(folder, specifier);
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
}
