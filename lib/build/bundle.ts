/**
 * Bundles the program into `dist/`, packages included: what a server starts with in `lib/program.cjs`, and beside it the small ES
 * modules that are opened by their path. One file, because each costs a start half a millisecond; CommonJS, because of it V8's
 * bytecode can be kept (`program.ts`), and because ES modules read every export of Node's own modules, of which some load what they
 * stand for (`node:http` loads undici; measured 2026-11, Node 24). What is loaded at need has a file of its own, because V8 keeps
 * a file's text in memory.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { builtFolder, findVendorFile, vendorFiles } from '../console/page-files.ts';
import { packagesAtNeed, sharedPackages } from '../load-package.ts';
import { licensesOf } from './licenses.ts';
import { compileSchemas } from './schemas.ts';

/** What is opened from outside: by the command, by plugins and by their tests. */
const openedParts = ['lib/commands/program', 'lib/index', 'spec/support/index'];
/** What `lib/own-modules.ts` opens. */
const ownParts = ['routes/index', 'middleware/index'];
/** What a server loads after them: evaluated for the bytecode alone. */
const servedParts = [
  'lib/commands/serve-action',
  'lib/server/process',
  'lib/chain/plan',
  'lib/providers/plan',
  'lib/providers/chatgpt/open',
  'lib/providers/copilot/open',
  'lib/providers/demo/index',
  'lib/providers/openai-compatible/index',
  'lib/answer/upstream-sender',
];

const common = {
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node22',
  conditions: ['opencompat-source'],
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

export interface Bundle {
  /** By their absolute paths. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** What it was made from, relative to the root: the project's own files, and the versions of the packages. */
  readonly sources: readonly string[];
}

/** A module whose content is made here. @param contents by the path of the import, without the scheme */
function madeHere(name: string, filter: RegExp, resolveDir: string, contents: (path: string) => string): Plugin {
  return {
    name,
    setup(bundler) {
      bundler.onResolve({ filter }, ({ path }) => ({ path, namespace: name }));
      bundler.onLoad({ filter: /^/, namespace: name }, ({ path }) => ({ contents: contents(path), resolveDir }));
    },
  };
}

/** @param paths what each name stands for */
function tableOf(paths: ReadonlyMap<string, string>): string {
  const rows = [...paths].map(([name, path]) => `  ${JSON.stringify(name)}: () => require(${JSON.stringify(path)}),`);
  return `{\n${rows.join('\n')}\n}`;
}

/** By their names. Those of requests are long, and none of them is needed before its first request: they are files of their own. */
type Validators = ReadonlyMap<string, string>;

const isOwnFile = (validator: string) => validator.startsWith('request-');

const fileOfPackage = (name: string) => `package-${name.replaceAll('/', '-')}`;

/** The tables of all encodings, from which body-parser takes one for a body that is not UTF-8. */
const encodings = 'iconv-lite/encodings';

/** Packages that are left to files of their own, however they are imported. */
const packagesApart: Plugin = {
  name: 'packages-apart',
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind !== 'entry-point' && (packagesAtNeed as readonly string[]).includes(path)
        ? { path: `./${fileOfPackage(path)}.cjs`, external: true }
        : undefined,
    );
    bundler.onResolve({ filter: /^\.\.\/encodings$/ }, ({ importer }) =>
      importer.includes('iconv-lite') ? { path: `./${fileOfPackage(encodings)}.cjs`, external: true } : undefined,
    );
  },
};

/**
 * What packages load, and a server has no use for, with what they get in its place. depd, which tells a package's developers what is
 * deprecated, looks at the stack once for each package: V8 then counts the lines of the whole bundle, 6 ms of a start. The others
 * take 5 ms each: commander's is for commands that are files of their own, undici's for HTTP/2 (measured 2026-11, Node 24).
 */
const unusedModules = [
  {
    name: 'depd',
    importer: /./,
    contents: 'module.exports = () => Object.assign(() => {}, { function: (fn) => fn, property() {} });',
  },
  { name: 'node:child_process', importer: /\/commander\//, contents: '' },
  { name: 'node:http2', importer: /\/undici\//, contents: 'exports.constants = {};' },
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(bundler) {
    for (const { name, importer, contents } of unusedModules) {
      bundler.onResolve({ filter: new RegExp(`^${name}$`) }, (found) =>
        importer.test(found.importer) ? { path: name, namespace: 'unused' } : undefined,
      );
      bundler.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'unused' }, () => ({ contents }));
    }
  },
};

/** Nobody reads the code of validators, half of which is the space before its lines. */
async function makeValidators(): Promise<Validators> {
  const compiled = [...(await compileSchemas())].map(async ([name, code]) => {
    const minified = await transform(code, { minify: true, format: 'esm' });
    return [name, minified.code] as const;
  });
  return new Map(await Promise.all(compiled));
}

function validatorCode(root: string, validators: Validators): Plugin {
  return madeHere(
    'schema',
    /^schema:/,
    join(root, 'lib/options'),
    (path) => validators.get(path.slice('schema:'.length))!,
  );
}

async function buildProgram(root: string, outdir: string, validators: Validators) {
  const builtParts = new Map<string, string>([
    ...ownParts.map((name) => [name, `./${name}.ts`] as const),
    ...[...validators.keys()].map((name) => [name, isOwnFile(name) ? `./${name}.cjs` : `schema:${name}`] as const),
    ...packagesAtNeed.map((name) => [name, name] as const),
  ]);
  const parts = new Map([...openedParts, ...ownParts, ...servedParts].map((name) => [name, `./${name}.ts`]));
  return build({
    ...common,
    absWorkingDir: root,
    entryPoints: { 'lib/program': 'parts:' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    external: ['openai', ...sharedPackages, './request-*.cjs'],
    plugins: [
      packagesApart,
      withoutUnused,
      madeHere('parts', /^parts:$/, root, () => `module.exports = ${tableOf(parts)};`),
      madeHere('built', /\/built-parts\.ts$/, root, () => `export const builtParts = ${tableOf(builtParts)};`),
      validatorCode(root, validators),
    ],
    // V8 keeps the source in its heap. Lines stay short and names whole, so that a stack still says where it was.
    minifyWhitespace: true,
    lineLimit: 120,
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
    // NODE_ENV chooses what some packages load: colours and the like, which nobody would see.
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': 'ownUrl' },
  });
}

/** What the program loads at need: validators of requests, and packages. */
async function buildPartsAtNeed(root: string, outdir: string, validators: Validators) {
  const names = [...validators.keys()].filter(isOwnFile);
  return build({
    ...common,
    absWorkingDir: root,
    entryPoints: Object.fromEntries([
      ...names.map((name) => [`lib/${name}`, `schema:${name}`]),
      ...[...packagesAtNeed, encodings].map((name) => [`lib/${fileOfPackage(name)}`, `package:${name}`]),
    ]),
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minify: true,
    external: [...sharedPackages],
    define: { 'Intl.DateTimeFormat': 'LocalDateFormat' },
    inject: ['lib/build/local-date-format.ts'],
    plugins: [
      validatorCode(root, validators),
      madeHere('package', /^package:/, root, (path) => `module.exports = require('${path.slice('package:'.length)}');`),
    ],
  });
}

/** The names that each of the parts exports. */
async function exportsOfParts(root: string): Promise<Map<string, string[]>> {
  const entryPoints = openedParts.map((name) => `${name}.ts`);
  const { metafile } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints,
    outdir: root,
    format: 'esm',
    packages: 'external',
  });
  const found = Object.values(metafile.outputs).map(
    ({ entryPoint, exports }) => [entryPoint!.replace(/\.ts$/, ''), exports] as const,
  );
  return new Map(found);
}

/**
 * The ES modules that are opened by their path. They share one program. The command is one file, which saves a start 4 ms; the
 * others share what loads the program.
 */
async function buildModules(root: string, outdir: string) {
  const names = await exportsOfParts(root);
  const contents = (path: string) => {
    const part = path.replace(/^part:/, '');
    const own = `export const { ${names.get(part)!.join(', ')} } = partOf(${JSON.stringify(part)});`;
    return `import { partOf } from 'program:';\n${own}`;
  };
  const options = {
    ...common,
    absWorkingDir: root,
    outdir,
    format: 'esm',
    plugins: [
      {
        name: 'parts-of-the-command',
        setup(bundler) {
          bundler.onResolve({ filter: /^\.\/(server|commands)\// }, ({ path }) => ({
            path: `part:${join('lib', path).replace(/\.ts$/, '')}`,
            namespace: 'part',
          }));
          bundler.onResolve({ filter: /^program:$/ }, () => ({ path: join(root, 'lib/build/program.ts') }));
        },
      },
      madeHere('part', /^part:/, root, contents),
    ],
  } satisfies BuildOptions;
  const command = build({ ...options, entryPoints: { 'lib/cli': 'lib/cli.ts' } });
  const others = build({
    ...options,
    entryPoints: {
      'lib/program': 'lib/build/program.ts',
      'lib/index': 'part:lib/index',
      'spec/support/index': 'part:spec/support/index',
    },
    splitting: true,
    chunkNames: 'lib/[name]-[hash]',
  });
  return Promise.all([command, others]);
}

/** The files of the console's page, by where they are read in the bundle; it serves them as they are. */
function pageFiles(root: string): Map<string, string> {
  const folder = join(root, 'routes/console/page');
  const own = globSync('**/*.*', { cwd: folder }).map((name) => [name, join(folder, name)] as const);
  const vendor = Object.entries(vendorFiles).map(([name, path]) => [`vendor/${name}`, findVendorFile(path)] as const);
  return new Map([...own, ...vendor].map(([name, path]) => [join('lib', builtFolder, name), relative(root, path)]));
}

/** @param root the project's folder */
export async function bundle(root: string, outdir: string): Promise<Bundle> {
  const validators = await makeValidators();
  const [program, atNeed, modules] = await Promise.all([
    buildProgram(root, outdir, validators),
    buildPartsAtNeed(root, outdir, validators),
    buildModules(root, outdir),
  ]);
  const built = [program, atNeed, ...modules];
  const paths = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  const page = pageFiles(root);
  const inputs = [...[...paths].filter((path) => !/^[a-z]+:/.test(path)), ...page.values()];
  return {
    files: new Map<string, string | Uint8Array>([
      ...built.flatMap(({ outputFiles }) => outputFiles.map(({ path, contents }) => [path, contents] as const)),
      ...[...page].map(([name, path]) => [join(outdir, name), readFileSync(join(root, path))] as const),
      [join(outdir, 'THIRD-PARTY-LICENSES.txt'), licensesOf(root, inputs)],
    ]),
    sources: [...inputs.filter((path) => !path.includes('node_modules/')), 'package-lock.json'],
  };
}
