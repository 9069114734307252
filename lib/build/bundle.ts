/** Bundles the program into `dist/`: one file for each part that is loaded at its own time, packages included. */
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build, type OutputFile, type Plugin, transform } from 'esbuild';
import { licensesOf } from './licenses.ts';
import { compileSchemas } from './schemas.ts';

/** The files that are opened by their path: by the command, by plugins, and by `lib/own-modules.ts`. */
const entries = ['lib/cli', 'lib/index', 'spec/support/index', 'routes/index', 'middleware/index'];

/**
 * Takes Node's own modules from the process. To import them costs a start 30 ms: ES modules read every export of theirs, and
 * some of those load what they stand for (measured 2026-11, Node 24: `node:http` loads undici for its `WebSocket`).
 */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup(bundler) {
    const filter = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);
    bundler.onResolve({ filter }, ({ path }) => ({ path: path.replace(/^node:/, ''), namespace: 'node' }));
    bundler.onLoad({ filter: /^/, namespace: 'node' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

/** Validators that are compiled ahead, as files of their own. */
function compiledSchemas(root: string, modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'compiled-schemas',
    setup(bundler) {
      bundler.onResolve({ filter: /^schema:/ }, ({ path }) => ({
        path: path.slice('schema:'.length),
        namespace: 'schema',
      }));
      bundler.onLoad({ filter: /^/, namespace: 'schema' }, ({ path }) => ({
        contents: modules.get(path)!,
        resolveDir: join(root, 'lib/options'),
      }));
    },
  };
}

export interface Bundle {
  /** By their absolute paths. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** What it was made from, relative to the root: the project's own files, and the versions of the packages. */
  readonly sources: readonly string[];
}

/** Nobody reads the code of validators, half of which would be the space before its lines. */
async function toFile({ path, text, contents }: OutputFile): Promise<[string, string | Uint8Array]> {
  if (!path.includes('/schemas/')) return [path, contents];
  const { code } = await transform(text, { minifyWhitespace: true, format: 'esm' });
  return [path, code];
}

/** @param root the project's folder */
export async function bundle(root: string, outdir: string): Promise<Bundle> {
  const modules = await compileSchemas();
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
      ...Object.fromEntries([...modules.keys()].map((name) => [`lib/schemas/${name}`, `schema:${name}`])),
    },
    outdir,
    // Beside the command, so that paths relative to a file of lib/ lead to the same place.
    chunkNames: 'lib/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['opencompat-source'],
    external: ['openai'],
    // Packages in CommonJS may require by a name that is only known when they run. Node 18 has no such function, and must come as
    // far as the words about its age.
    banner: { js: "const require = process.getBuiltinModule?.('node:module').createRequire(import.meta.url);" },
    plugins: [nodeModules, compiledSchemas(root, modules)],
    legalComments: 'none',
    // It chooses what some packages load: colours and the like, which nobody would see.
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => !/^[a-z]+:/.test(path));
  const licenses = licensesOf(root, inputs);
  return {
    files: new Map<string, string | Uint8Array>([
      ...(await Promise.all(outputFiles.map(toFile))),
      [join(outdir, 'THIRD-PARTY-LICENSES.txt'), licenses],
    ]),
    sources: [...inputs.filter((path) => !path.includes('node_modules/')), 'package-lock.json'],
  };
}
