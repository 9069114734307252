/** Imports plugins from the configuration's folder, and lets them import this package by its name. */
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hashOfFile } from './hash-of-file.ts';
import { isA, stackOf } from './thrown.ts';

/** The placeholder for a plugin without a path or package. */
export const builtInOrigin = 'built-in';

const require = createRequire(import.meta.url);
const scheme = 'opencompat-plugin:';
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
/** The entry points of this package that a plugin in any folder may import. */
const ownModules: ReadonlyMap<string, string> = new Map([
  ['opencompat', new URL(`./index.${extension}`, import.meta.url).href],
  ['opencompat/testing', new URL(`../spec/support/index.${extension}`, import.meta.url).href],
]);

/** The URL of a module that has `import … from 'opencompat'` lead to this program, for Node's `--import`: for plugins' tests. */
export function importHookUrl(): string {
  const code = `import { registerHooks } from 'node:module';
    const own = new Map(${JSON.stringify([...ownModules])});
    registerHooks({ resolve: (name, context, next) => next(own.get(name) ?? name, context) });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The purpose of a plan of chains or providers. */
export interface PlanOptions {
  /** false: the plan is only shown. No plugin is run then, and only its file is known. */
  readonly loadsPlugins: boolean;
}

/** A plugin's module, with the modules that it imports by their paths. */
interface PluginModules {
  /** As in the configuration. */
  readonly specifier: string;
  /** Each file, with the hash of its text when it was loaded. */
  readonly files: Map<string, string | undefined>;
  /** Grows with each load: Node keeps a module for good, and gives it again for the same URL. */
  load: number;
  /** The default export; absent after a load that failed. */
  exported?: Promise<unknown>;
}

/** By the request for them. */
const plugins = new Map<string, PluginModules>();
/** The parameter in the URLs of modules that are loaded again. */
const loadParameter = 'opencompat-load';
let areHooksRegistered = false;

/**
 * `import … from 'opencompat'` in a plugin resolves to the running server's own package, also when that is installed
 * globally and the plugin's folder has no node_modules. And a plugin's own specifier is resolved as if the
 * configuration's folder had imported it, by the rules of `import` (a package may have no `require` entry). What a plugin
 * imports by its path is loaded as often as the plugin itself.
 */
function registerPluginHooks(): void {
  if (areHooksRegistered) return;
  areHooksRegistered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const own = ownModules.get(specifier);
      if (own) return nextResolve(own, context);
      if (specifier.startsWith(scheme)) {
        const [wanted = '', parentURL = '', load = ''] = specifier.slice(scheme.length).split('\n');
        const resolved = nextResolve(wanted, { ...context, parentURL });
        const plugin = plugins.get(`${wanted}\n${parentURL}`);
        return { ...resolved, url: noteFile(resolved.url, plugin ? [plugin] : [], load) };
      }
      const resolved = nextResolve(specifier, context);
      const parent = /^(\.{0,2}\/|file:)/.test(specifier) ? URL.parse(context.parentURL ?? '') : null;
      const importers = parent ? pluginsWith(fileOf(parent.href)) : [];
      return { ...resolved, url: noteFile(resolved.url, importers, parent?.searchParams.get(loadParameter) ?? '') };
    },
  });
}

function fileOf(href: string): string | undefined {
  return href.startsWith('file:') ? fileURLToPath(href) : undefined;
}

function pluginsWith(file: string | undefined): PluginModules[] {
  return file === undefined ? [] : [...plugins.values()].filter(({ files }) => files.has(file));
}

/** @returns the URL by which the file is loaded this time */
function noteFile(href: string, importers: readonly PluginModules[], load: string): string {
  const file = fileOf(href);
  if (file === undefined || importers.length === 0) return href;
  for (const { files } of importers) if (!files.has(file)) files.set(file, hashOfFile(file));
  if (load === '') return href;
  const url = new URL(href);
  url.searchParams.set(loadParameter, load);
  return url.href;
}

/**
 * Imports a plugin, or gives the module that there is if none of its files has changed since.
 * @param specifier a path, or a package's name
 * @param folder the base of relative paths, and the start of the search for packages
 * @returns the default export
 */
export async function importPlugin(specifier: string, folder: string): Promise<unknown> {
  registerPluginHooks();
  const wanted = isBarePath(specifier) ? `./${specifier}` : specifier;
  const request = `${wanted}\n${pathToFileURL(`${folder}/`).href}`;
  const plugin: PluginModules = plugins.get(request) ?? { specifier, files: new Map(), load: 0 };
  plugins.set(request, plugin);
  const isCurrent = [...plugin.files].every(([file, hash]) => hashOfFile(file) === hash);
  if (plugin.exported && isCurrent) return plugin.exported;
  forgetFiles(plugin);
  // A file that is not there is waited for.
  if (isPath(wanted)) plugin.files.set(resolve(folder, wanted), hashOfFile(resolve(folder, wanted)));
  plugin.exported = importAnew(request, plugin);
  return plugin.exported;
}

async function importAnew(request: string, plugin: PluginModules): Promise<unknown> {
  const load = plugin.load === 0 ? '' : plugin.load;
  plugin.load += 1;
  try {
    const module: { default?: unknown } = await import(`${scheme}${request}\n${load}`);
    return module.default;
  } catch (error) {
    delete plugin.exported;
    throw explainSyntax(error);
  }
}

/** What `npm init` writes since npm 11 has Node read a plugin of `import` and `export` as CommonJS. */
function explainSyntax(error: unknown): unknown {
  if (!isA(error, SyntaxError) || !/import statement|Unexpected token 'export'/.test(error.message)) return error;
  const reason = `${error.message}. The nearest package.json says "type": "commonjs": change that by \`npm pkg set type=module\`, or name the file .mts (.mjs)`;
  return new SyntaxError(reason, { cause: error });
}

/** Before a plugin is loaded again. CommonJS modules are kept by their paths alone, whatever their URLs say. */
function forgetFiles(plugin: PluginModules): void {
  for (const file of plugin.files.keys()) delete require.cache[file];
  plugin.files.clear();
}

/** The files of all plugins that have been loaded. */
export function pluginFiles(): string[] {
  return [...plugins.values()].flatMap(({ files }) => [...files.keys()]);
}

/** The plugin in whose files an error arose, by the error's stack; undefined for errors from elsewhere. */
export function pluginBehind(error: unknown): string | undefined {
  const stack = stackOf(error);
  for (const { specifier, files } of plugins.values()) {
    // ES modules are named by their URLs there, CommonJS modules by their paths.
    const names = [...files.keys()].flatMap((file) => [pathToFileURL(file).href, `${file}:`]);
    if (names.some((name) => stack.includes(name))) return specifier;
  }
  return undefined;
}

function isPath(specifier: string): boolean {
  return /^(\.{1,2}\/|\/)/.test(specifier);
}

function isBarePath(specifier: string): boolean {
  return /\.[cm]?[jt]s$/.test(specifier) && !/^(\.|\/|[a-z]+:)/i.test(specifier);
}

/**
 * Describes a plugin without running it. Only the import itself finds a package's folder.
 * @throws Error for a path at which there is no file
 */
export function checkPluginFile(specifier: string, folder: string): void {
  if (!isBarePath(specifier) && !isPath(specifier)) return;
  const path = resolve(folder, specifier);
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
}
