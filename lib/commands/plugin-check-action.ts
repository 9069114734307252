import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Middleware } from '../chain/middleware.ts';
import type { JsonSchema } from '../json-schema.ts';
import { asText, parseObject } from '../lenient-json.ts';
import { checkOptions } from '../options/check.ts';
import { ConfigError } from '../options/faults.ts';
import { importHookUrl, importPlugin } from '../plugin-imports.ts';
import type { ProviderPlugin } from '../providers/definition.ts';
import { type Finding, formatFinding, type NamedCheck, runChecks, type Tell } from './findings.ts';
import { trialOf } from './plugin-trial.ts';

export interface CheckPluginOptions {
  /** JSON. */
  options?: string;
}

const run = promisify(execFile);
/** Longest run of the type checker or of the tests, in milliseconds. */
const timeoutMs = 300_000;
/** Most output of theirs that is shown, in characters. */
const maxOutput = 4000;

/**
 * Checks a plugin, and prints what it finds; status 1 for a failure.
 * @param path its file, or the folder of its package
 * @throws ConfigError where there is none
 */
export async function checkPlugin(path: string, given: CheckPluginOptions): Promise<void> {
  const file = findEntry(resolve(path));
  const options = given.options === undefined ? {} : parseObject(given.options);
  if (!options)
    throw new ConfigError([{ path: '--options', reason: 'it must be a JSON object', value: given.options }]);
  let plugin: Middleware | ProviderPlugin | undefined;
  const checks: NamedCheck[] = [
    {
      name: 'load',
      async run(tell) {
        plugin = await loadPlugin(file);
        const name = plugin.kind === 'middleware' ? plugin.name : basename(file);
        tell({ name: 'load', verdict: 'ok', text: `${name}, a ${plugin.kind}` });
      },
    },
    { name: 'schema', run: (tell) => checkSchema(plugin!.options, options, tell) },
    { name: 'types', run: (tell) => checkTypes(file, tell) },
    { name: 'tests', run: (tell) => runTests(dirname(file), tell) },
    { name: 'chain', run: (tell) => trialOf(plugin!, options).run(tell) },
  ];
  await runChecks(checks, print, (error) => (error as Error).message);
}

function print(finding: Finding): void {
  console.log(formatFinding(finding));
  if (finding.verdict === 'failed') process.exitCode = 1;
}

function findEntry(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return path;
  const manifest = join(path, 'package.json');
  const { exports, main } = (existsSync(manifest) && parseObject(readFileSync(manifest, 'utf8'))) || {};
  const entry = join(path, asText(exports) ?? asText(main) ?? 'index.js');
  if (existsSync(entry)) return entry;
  const reason = stats ? `${entry} is not there; name the file of the plugin` : `there is no file or folder ${path}`;
  throw new ConfigError([{ path: '', value: path, reason }]);
}

async function loadPlugin(file: string): Promise<Middleware | ProviderPlugin> {
  const exported = (await importPlugin(file, dirname(file))) as Partial<Middleware | ProviderPlugin> | undefined;
  const isPlugin = exported?.kind === 'middleware' || exported?.kind === 'provider';
  if (isPlugin && typeof exported.create === 'function') return exported as Middleware | ProviderPlugin;
  throw new TypeError('its default export is neither a middleware (defineMiddleware) nor a provider (defineProvider)');
}

function checkSchema(schema: JsonSchema | undefined, options: Record<string, unknown>, tell: Tell): void {
  if (!schema) {
    tell({ name: 'schema', verdict: 'ok', text: 'it takes no options' });
    return;
  }
  const faults = checkOptions(schema, structuredClone(options), 'options');
  for (const { path, reason } of faults) {
    const advice = 'Give the options that it must have: --options \'{"…": …}\'.';
    tell({ name: 'schema', verdict: 'failed', text: `${path}: ${reason}`, advice });
  }
  if (faults.length === 0)
    tell({ name: 'schema', verdict: 'ok', text: 'its options are described by a usable schema' });
  if (schema.additionalProperties === false) return;
  const text = 'the schema lets unknown options pass';
  tell({ name: 'schema', verdict: 'note', text, advice: 'additionalProperties: false has a typo told at the start.' });
}

async function checkTypes(file: string, tell: Tell): Promise<void> {
  if (!/\.[cm]?ts$/.test(file)) return;
  let compiler: string;
  try {
    compiler = createRequire(file).resolve('typescript/package.json');
  } catch {
    const advice = 'npm install --save-dev typescript opencompat @types/node @types/express';
    return tell({ name: 'types', verdict: 'note', text: 'not checked: TypeScript is not installed here', advice });
  }
  const own = existsSync(join(dirname(file), 'tsconfig.json'));
  const usual =
    '--noEmit --strict --skipLibCheck --module nodenext --target es2024 --types node --allowImportingTsExtensions';
  const args = own
    ? ['--noEmit', '-p', '.']
    : [...usual.split(' '), file, ...testsIn(dirname(file)).map((name) => join(dirname(file), name))];
  const failure = await outputOfFailed([join(dirname(compiler), 'bin/tsc'), ...args], dirname(file));
  if (failure === undefined) tell({ name: 'types', verdict: 'ok', text: 'they are right' });
  else tell({ name: 'types', verdict: 'failed', text: failure });
}

function testsIn(folder: string): string[] {
  return globSync('**/*.test.{ts,js,mts,mjs}', { cwd: folder, exclude: ['**/node_modules/**'] });
}

async function runTests(folder: string, tell: Tell): Promise<void> {
  const files = testsIn(folder);
  if (files.length === 0) {
    const advice = 'See middleware/README.md, "Test it".';
    return tell({ name: 'tests', verdict: 'note', text: 'it has none (*.test.ts, *.test.js)', advice });
  }
  const failure = await outputOfFailed(['--import', importHookUrl(), '--test', ...files], folder);
  if (failure === undefined) tell({ name: 'tests', verdict: 'ok', text: `passed: ${files.join(', ')}` });
  else tell({ name: 'tests', verdict: 'failed', text: failure });
}

/** Runs Node. @returns what it has said where it failed; undefined where all went well */
async function outputOfFailed(args: readonly string[], cwd: string): Promise<string | undefined> {
  // Within a test, Node's runner would take these tests for its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  try {
    await run(process.execPath, args, { cwd, env, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return `${stdout}\n${stderr}`.trim().slice(-maxOutput) || message;
  }
}
