/** Imports plugins from where the configuration lies, and lets them import this package by its name. */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const scheme = 'opencompat-plugin:';
/** What a plugin may import of this package, wherever its own file lies. */
const ownNames: ReadonlySet<string> = new Set(['opencompat', 'opencompat/testing']);

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
      if (ownNames.has(specifier)) return nextResolve(specifier, { ...context, parentURL: import.meta.url });
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
  const isBarePath = /\.[cm]?[jt]s$/.test(specifier) && !/^(\.|\/|[a-z]+:)/i.test(specifier);
  const wanted = isBarePath ? `./${specifier}` : specifier;
  const request = `${scheme}${wanted}\n${pathToFileURL(`${folder}/`).href}`;
  const module: { default?: unknown } = await import(request);
  return { exported: module.default, href: hrefBySpecifier.get(request) ?? '' };
}
