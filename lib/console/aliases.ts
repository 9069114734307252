/** The aliases of the configuration file: shown, compared, written. Whatever else stands in the file stays as it is. */
import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Document, Pair, Scalar, YAMLMap } from 'yaml';
import { checkLayer } from '../config/layers.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject } from '../lenient-json.ts';
import { type DiffLine, diffLines } from '../line-diff.ts';
import { loadPackage } from '../load-package.ts';
import type { ReloadReport } from '../server/config-state.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import { toShownFault } from './shown-fault.ts';

export type WrittenAliases = Readonly<Record<string, string | readonly string[]>>;

/** Largest configuration file that is changed here, in bytes. */
const maxFileBytes = 1_048_576;

const yaml = () => loadPackage<typeof import('yaml')>('yaml');

export async function showAliases(config: Config): Promise<object> {
  const why = await whyReadOnly(config);
  const written = why === undefined ? parse(await readFile(config.file!, 'utf8')).toJS()?.aliases : config.aliases;
  return {
    aliases: written ?? {},
    file: config.file ?? null,
    canSave: why === undefined,
    ...(why !== undefined && { why }),
  };
}

/** Why the file cannot be written, in words; undefined if it can. */
async function whyReadOnly({ file }: Config): Promise<string | undefined> {
  if (file === undefined) return 'The server runs without a configuration file.';
  try {
    const target = await realpath(file);
    if ((await stat(target)).size > maxFileBytes) return `${file} is too large to be changed here.`;
    await access(target, constants.W_OK);
    await access(dirname(target), constants.W_OK);
    // The names in it are looked for in the file alone.
    parse(await readFile(target, 'utf8'));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === undefined ? message : `${file} cannot be written (${code}): change it where it comes from.`;
  }
}

/** @param wanted as a client has sent it @throws OpenCompatError for what are no aliases */
export function readAliases(wanted: unknown): WrittenAliases {
  const aliases = asObject(wanted);
  if (!aliases) throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'aliases' });
  return aliases as WrittenAliases;
}

function faultsOf(aliases: WrittenAliases): object[] {
  const layer = { origin: 'file', values: { aliases: structuredClone(aliases) }, place: () => ({}) } as const;
  return checkLayer(layer).map(toShownFault);
}

/** What saving would change, of the part of the file that holds aliases, and what is wrong with them. */
export async function previewAliases(
  { file }: Config,
  aliases: WrittenAliases,
): Promise<{ diff: readonly DiffLine[]; faults: readonly object[] }> {
  const faults = faultsOf(aliases);
  const text = file === undefined ? '' : await readFile(file, 'utf8');
  if (faults.length > 0) return { diff: [], faults };
  return { diff: diffLines(partOf(text), partOf(change(text, aliases))), faults };
}

/**
 * Writes them, and has the server take them up; if it refuses the file, the one before is put back.
 * @throws OpenCompatError for faulty ones, and for a file that cannot be written
 */
export async function saveAliases(
  config: Config,
  aliases: WrittenAliases,
  reload: () => Promise<ReloadReport>,
): Promise<ReloadReport> {
  const why = await whyReadOnly(config);
  if (why !== undefined) throw new OpenCompatError('OC_CONSOLE_CONFLICT', { reason: why });
  const [fault] = faultsOf(aliases) as { path: string; reason: string }[];
  if (fault) throw new OpenCompatError('OC_INVALID_VALUE', { reason: `${fault.path} ${fault.reason}.` });
  const file = config.file!;
  const before = await readFile(file, 'utf8');
  const mode = (await stat(file)).mode & 0o777;
  await writeFileAtomic(file, change(before, aliases), { mode });
  const report = await reload();
  if (report.outcome === 'refused') await writeFileAtomic(file, before, { mode });
  return report;
}

function parse(text: string): Document.Parsed {
  const document = yaml().parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) throw new Error('The configuration file has a fault in its form.');
  return document;
}

/** The text of the file with these aliases and no others. Comments stay, but for those of an alias that goes. */
function change(text: string, aliases: WrittenAliases): string {
  const document = parse(text);
  const isJson = /^\s*\{/.test(text);
  if (isJson) return `${JSON.stringify({ ...(document.toJS() as object), aliases }, null, 2)}\n`;
  const { isMap } = yaml();
  const node = document.get('aliases', true);
  if (Object.keys(aliases).length === 0) document.delete('aliases');
  else if (!isMap(node)) document.set('aliases', document.createNode(aliases));
  else changeMap(document, node as YAMLMap, aliases);
  return document.toString({ lineWidth: 0 });
}

function changeMap(document: Document, map: YAMLMap, aliases: WrittenAliases): void {
  const known = map.toJSON() as Record<string, unknown>;
  for (const name of Object.keys(known)) if (!Object.hasOwn(aliases, name)) map.delete(name);
  for (const [name, targets] of Object.entries(aliases)) {
    if (JSON.stringify(known[name]) !== JSON.stringify(targets)) map.set(name, document.createNode(targets));
  }
}

/** The part of the file that holds aliases: other parts may hold secrets. */
function partOf(text: string): string {
  const { contents } = parse(text);
  const { isMap } = yaml();
  if (!isMap(contents)) return '';
  const pair = (contents.items as Pair<Scalar, { range?: [number, number, number] }>[]).find(
    ({ key }) => key.value === 'aliases',
  );
  if (!pair?.key.range) return '';
  return text.slice(pair.key.range[0], pair.value?.range?.[1] ?? pair.key.range[1]);
}
