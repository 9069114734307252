import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { asText, parseObject } from '../lenient-json.ts';
import { logText } from '../public-text.ts';

interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly isInUse: boolean;
}

const keyword = 'opencompat-plugin';

/** Prints the packages with the keyword in the node_modules of the configuration's folder and of those above it. */
export async function listPlugins({ json }: { json?: true }, flags: object): Promise<void> {
  const { config } = loadConfig({ flags: { ...flags } });
  const entries = [...config.middleware, ...Object.values(config.providers)];
  const used = new Set(entries.filter(({ enabled }) => enabled !== false).map(({ plugin }) => plugin));
  const plugins = findInstalled(config.baseDir, used);
  if (json) console.log(JSON.stringify(plugins, null, 2));
  else if (plugins.length === 0) console.log(`No package near ${config.baseDir} has the keyword ${keyword}.`);
  else for (const plugin of plugins) console.log(toLine(plugin));
}

function toLine({ name, version, description, isInUse }: InstalledPlugin): string {
  return [`${name}@${version}`.padEnd(40), isInUse ? 'in use    ' : 'not in use', description].join('  ').trimEnd();
}

function findInstalled(folder: string, used: ReadonlySet<string | undefined>): InstalledPlugin[] {
  const found = new Map<string, InstalledPlugin>();
  for (const modules of modulesAbove(folder)) {
    for (const name of packagesIn(modules)) {
      const plugin = readManifest(join(modules, name, 'package.json'));
      // The nearest one of a name is the one that is loaded.
      if (plugin && !found.has(name)) found.set(name, { name, ...plugin, isInUse: used.has(name) });
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

function modulesAbove(folder: string): string[] {
  const modules = join(folder, 'node_modules');
  const above = dirname(folder);
  return [...(existsSync(modules) ? [modules] : []), ...(above === folder ? [] : modulesAbove(above))];
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : name));
}

function readManifest(path: string): Omit<InstalledPlugin, 'name' | 'isInUse'> | undefined {
  if (!existsSync(path)) return undefined;
  const { keywords, version, description } = parseObject(readFileSync(path, 'utf8')) ?? {};
  if (!Array.isArray(keywords) || !keywords.includes(keyword)) return undefined;
  return { version: logText(asText(version) ?? ''), description: logText(asText(description) ?? '') };
}
