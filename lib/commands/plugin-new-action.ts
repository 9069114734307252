import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../options/faults.ts';
import { writePlugin } from './plugin-templates.ts';

export interface NewPluginOptions {
  provider?: true;
  js?: true;
  ts?: true;
}

const usableName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @throws ConfigError for an unusable name, and where there is such a folder already */
export async function newPlugin(name: string, { provider, js, ts }: NewPluginOptions): Promise<void> {
  if (!usableName.test(name)) fail(`'${name}' must consist of lower-case letters, digits and single hyphens`);
  if (js && ts) fail('choose one of --js and --ts');
  const files = writePlugin({ name, isProvider: provider === true, extension: js ? 'js' : 'ts' });
  try {
    await mkdir(name);
  } catch (error) {
    fail(`the folder ${name} cannot be made: ${(error as Error).message}`);
  }
  for (const [file, text] of Object.entries(files)) await writeFile(join(name, file), text);
  const written = Object.keys(files).map((file) => `  ${name}/${file}`);
  console.log(
    ['Written:', ...written, '', `Next: opencompat plugin check ${name}, then see ${name}/README.md.`].join('\n'),
  );
}

function fail(reason: string): never {
  throw new ConfigError([{ path: '', reason }]);
}
