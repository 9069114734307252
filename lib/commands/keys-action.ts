import type { Command } from 'commander';
import { nameOfPlainKey } from '../config/checks.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { logText } from '../public-text.ts';
import { keyFilePathOf, type MadeKey, readKeyFile } from '../usage/key-file.ts';
import { configuredNames, makeKey, revokeKey as revoke } from '../usage/made-keys.ts';
import { measures } from '../usage/windows.ts';
import { tellUntrusted } from './credentials.ts';

export interface AddOptions {
  requests?: readonly string[];
  tokens?: readonly string[];
  cost?: readonly string[];
  models?: string;
  expires?: string;
}

type Limits = NonNullable<MadeKey['limits']>;

function open(program: Command): { config: Config; path: string } {
  const loaded = loadConfig({ flags: program.opts() });
  tellUntrusted(loaded);
  return { config: loaded.config, path: keyFilePathOf(loaded.config.dataDir) };
}

/** What goes wrong with the file is for the person at the terminal. */
async function inWords<T>(command: Command, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}

export async function addKey(program: Command, name: string, options: AddOptions, command: Command): Promise<void> {
  const { config, path } = open(program);
  const isFirst = configuredNames(config).length === 0 && readKeyFileSafely(path) === undefined;
  const { text } = await inWords(command, () => makeKey(config, name, readOptions(options)));
  console.log(text);
  console.error(`The key '${logText(name)}' is shown this once; its hash is in ${path}.`);
  if (isFirst) console.error('From now on every request to the server needs a key.');
}

function readKeyFileSafely(path: string): readonly MadeKey[] | undefined {
  try {
    return readKeyFile(path);
  } catch {
    return undefined;
  }
}

/** @throws Error in words for a limit of another form */
function readOptions({ models, expires, ...limits }: AddOptions): Pick<MadeKey, 'limits' | 'models' | 'expires'> {
  const read: Limits = {};
  for (const measure of measures) {
    for (const text of limits[measure] ?? []) {
      const [, number, window] = /^(\d+(?:\.\d+)?)\/(minute|hour|day|month)$/.exec(text) ?? [];
      if (number === undefined)
        throw new Error(`'--${measure} ${text}' is no limit: write a number and a window, such as 20/day`);
      read[measure] = { ...read[measure], [window!]: Number(number) };
    }
  }
  return {
    ...(Object.keys(read).length > 0 && { limits: read }),
    ...(models !== undefined && {
      models: models
        .split(',')
        .map((model) => model.trim())
        .filter(Boolean),
    }),
    ...(expires !== undefined && { expires }),
  };
}

export function listKeys(program: Command, { json }: { json?: true }, command: Command): void {
  const { config, path } = open(program);
  let made: readonly MadeKey[] = [];
  try {
    made = readKeyFile(path) ?? [];
  } catch (error) {
    command.error(`error: ${(error as Error).message}`);
  }
  const configured = [...config.apiKeys.map((_, index) => ({ name: nameOfPlainKey(index) })), ...config.clientKeys];
  const keys = [
    ...configured.map((key) => ({ ...key, from: 'configuration' })),
    ...made.map((key) => ({ ...key, from: 'keys add' })),
  ].map((key) => ({ ...key, hash: undefined }));
  if (json) console.log(JSON.stringify(keys, null, 2));
  else if (keys.length === 0) console.log('There are no client keys.');
  else console.log(keys.map(describeKey).join('\n'));
}

function describeKey(key: Partial<MadeKey> & { name: string; from: string }): string {
  const limits = Object.entries(key.limits ?? {}).flatMap(([measure, windows]) =>
    Object.entries(windows ?? {}).map(
      ([window, limit]) => `${limit} ${measure === 'cost' ? 'USD' : measure}/${window}`,
    ),
  );
  const facts = [
    key.created ? `made ${key.created}` : `from the ${key.from}`,
    ...limits,
    ...(key.models ? [`models ${key.models.join(', ') || 'none'}`] : []),
    ...(key.expires ? [`until ${key.expires}`] : []),
    ...(key.disabled ? ['switched off'] : []),
  ];
  return `${logText(key.name)}  ${logText(facts.join('; '))}`;
}

export async function revokeKey(program: Command, name: string, command: Command): Promise<void> {
  const { config, path } = open(program);
  const left = await inWords(command, () => revoke(config, name));
  console.log(`The key '${logText(name)}' is good no longer.`);
  if (left + configuredNames(config).length === 0)
    console.log(`No key is left, so that nobody is let in. Without ${path} the server asks for none.`);
}
