/** Finds and reads the configuration file, with the line of every value. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Document, LineCounter, Node, Pair, Scalar } from 'yaml';
import { decodeText } from '../decode-text.ts';
import { loadPackage } from '../load-package.ts';
import { type Fault, joinPath } from '../options/faults.ts';
import { configKeys, valueFromText } from './keys.ts';
import { realFolder } from './trusted-folders.ts';

/** In the order in which they are looked for in a folder. */
export const configFileNames = ['opencompat.config.yaml', 'opencompat.config.yml', 'opencompat.config.json'];

/** Far above any secret; keeps a mistaken path from being read into memory. */
const maxReferredBytes = 65_536;

/** What the file says at one path. */
export interface FileEntry {
  readonly line: number;
  /** The text as written, if it refers to the environment. */
  readonly reference?: string;
}

export interface ConfigFile {
  readonly path: string;
  /** Keys and values, references to the environment resolved. Not checked yet. */
  readonly values: Record<string, unknown>;
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly faults: readonly Fault[];
  /** The files that its values refer to. */
  readonly referredFiles: readonly string[];
}

export interface FoundFile {
  readonly path: string;
  /** The source that named it: `--config` or `OPENCOMPAT_CONFIG`; absent if it was found in a default place. */
  readonly namedBy?: string;
  /** Was it found in the current directory, where somebody else may have put it? */
  readonly isOfFolder?: true;
}

export interface ConfigFilePlaces {
  /** Of `--config`. */
  flag?: string;
  /** Of `OPENCOMPAT_CONFIG`. */
  env?: string;
  cwd: string;
  /** The person's own: `$XDG_CONFIG_HOME/opencompat`. */
  configDir: string;
  /** Has the person trusted this folder? */
  isTrusted(folder: string): boolean;
}

/**
 * The file to read: `--config`, else `OPENCOMPAT_CONFIG`, else the one of the current directory where that is trusted, else
 * the person's own.
 * @param warnings gets a line for each further file that is ignored
 * @returns beside it, the file of the current directory, if it was ignored as untrusted
 */
export function findConfigFile(
  { flag, env, cwd, configDir, isTrusted }: ConfigFilePlaces,
  warnings: string[],
): { found?: FoundFile; untrusted?: string } {
  if (flag !== undefined) return { found: { path: resolve(cwd, flag), namedBy: '--config' } };
  if (env) return { found: { path: resolve(cwd, env), namedBy: 'OPENCOMPAT_CONFIG' } };
  const isOwn = realFolder(cwd) === realFolder(configDir);
  // In the current directory an unreadable file counts as absent: commands run in all kinds of places.
  const [here, ...others] = isOwn
    ? []
    : configFileNames.map((name) => join(cwd, name)).filter((path) => stateOf(path) === 'there');
  if (here && isTrusted(cwd)) {
    warnOfOthers(here, others, warnings);
    return { found: { path: here, isOfFolder: true } };
  }
  // The person's own stops a start that cannot look at it: it may hold the client keys.
  const [own, ...otherOwn] = configFileNames
    .map((name) => join(configDir, name))
    .filter((path) => stateOf(path) !== 'absent');
  if (own) warnOfOthers(own, otherOwn, warnings);
  return { ...(own && { found: { path: own } }), ...(here && { untrusted: here }) };
}

function warnOfOthers(path: string, others: readonly string[], warnings: string[]): void {
  for (const other of others) {
    if (stateOf(other) === 'there') warnings.push(`${other} is not read, because ${path} is.`);
  }
}

/** A dangling link counts as present, and so does a file in a folder that may not be entered. */
function stateOf(path: string): 'there' | 'absent' | 'hidden' {
  try {
    lstatSync(path);
    return 'there';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'hidden';
  }
}

/** Loaded only when there is a file. */
function loadYaml(): typeof import('yaml') {
  return loadPackage('yaml');
}

/** JSON is YAML too, so one reader serves both. */
export function readConfigFile({ path, namedBy }: FoundFile, env: NodeJS.ProcessEnv): ConfigFile {
  const faults: Fault[] = [];
  const referredFiles: string[] = [];
  const entries = new Map<string, FileEntry>();
  const unread = (fault: Omit<Fault, 'path'>): ConfigFile => ({
    path,
    values: {},
    entries,
    faults: [...faults, { path: '', ...fault }],
    referredFiles,
  });

  let text: string;
  try {
    text = decodeText(readFileSync(path));
  } catch (error) {
    return unread({ source: namedBy, reason: `the configuration file ${path} ${describeUnread(path, error)}` });
  }

  const yaml = loadYaml();
  const lines = new yaml.LineCounter();
  // Pretty errors quote the source, which may be a line with a secret in it.
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // Warnings are faults too: an unknown tag (`!secret name`) would be dropped, and the name become the secret.
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const { line } = lines.linePos(pos[0]);
    faults.push({ path: '', line, reason: describeYamlFault(code, message, text.slice(pos[0])) });
  }
  if (faults.length > 0) return { path, values: {}, entries, faults, referredFiles };

  let values: unknown;
  try {
    values = document.toJS();
  } catch (error) {
    return unread({ line: lineOfUnresolved(yaml, document, lines), reason: (error as Error).message });
  }
  if (values === null) return { path, values: {}, entries, faults, referredFiles };
  if (typeof values !== 'object' || Array.isArray(values)) {
    return unread({ line: 1, reason: 'the file must be a mapping of keys to values' });
  }
  collectLines(yaml, document, lines, entries);
  const textOf = createReferenceReader(env, dirname(path), referredFiles);
  const resolved = resolveReferences(values as Record<string, unknown>, textOf, entries, faults);
  return { path, values: resolved, entries, faults, referredFiles };
}

/** Of the first alias (`*name`) whose anchor is missing. */
function lineOfUnresolved(yaml: typeof import('yaml'), document: Document, lines: LineCounter): number | undefined {
  let line: number | undefined;
  yaml.visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) || !node.range) return undefined;
      line = lines.linePos(node.range[0]).line;
      return yaml.visit.BREAK;
    },
  });
  return line;
}

/** @param message of the parser @param rest of the file, from the fault's place on */
function describeYamlFault(code: string, message: string, rest: string): string {
  switch (code) {
    case 'TAG_RESOLVE_FAILED': {
      const [tag] = rest.split(/[\s,\]}]/, 1);
      return `the tag ${tag} is not known here; "\${NAME}" stands for the environment variable NAME`;
    }
    case 'DUPLICATE_KEY':
      return `the key ${rest.split(/\s*:/, 1)[0]} is there already: keep one of the two`;
    default:
      return message.replace(/;.*/s, '');
  }
}

function describeUnread(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return stateOf(path) === 'there' ? 'is a dangling link' : 'does not exist';
  if (code === 'EISDIR') return 'is a folder: name a file in it';
  if (code !== 'EACCES' && code !== 'EPERM') return `cannot be read: ${code ?? message}`;
  const user = `the user with the id ${process.getuid?.() ?? 'of this process'}`;
  return stateOf(path) === 'hidden'
    ? `cannot be looked for: ${user} may not enter its folder (${code})`
    : `cannot be read: ${user} may not do that (${code})`;
}

function collectLines(
  yaml: typeof import('yaml'),
  document: Document,
  lines: LineCounter,
  entries: Map<string, FileEntry>,
): void {
  const lineOf = (node: Node) => lines.linePos(node.range?.[0] ?? 0).line;
  const visit = (node: unknown, path: string): void => {
    if (yaml.isMap(node)) {
      for (const { key, value } of node.items as Pair<Scalar, Node>[]) {
        const below = joinPath(path, String(key.value));
        entries.set(below, { line: lineOf(key) });
        visit(value, below);
      }
    } else if (yaml.isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        const below = joinPath(path, index);
        if (yaml.isNode(item)) entries.set(below, { line: lineOf(item) });
        visit(item, below);
      }
    }
  };
  visit(document.contents, '');
}

/**
 * `${NAME}` is the environment variable's text, `${file:PATH}` that of a file without the white space around it, and `$${NAME}`
 * is `${NAME}` itself.
 */
const reference = /\$?\$\{([A-Za-z_]\w*|file:[^}]+)\}/g;

/** The text of a reference, or why there is none: "which …". */
type ReferenceReader = (name: string) => { text: string } | { what: string; reason: string };

/**
 * @param folder that relative paths are relative to
 * @param files gets the path of each file
 */
function createReferenceReader(env: NodeJS.ProcessEnv, folder: string, files: string[]): ReferenceReader {
  return (name) => {
    if (!name.startsWith('file:')) {
      if (env[name]) return { text: env[name].trim() };
      return { what: `the environment variable ${name}`, reason: 'is not set' };
    }
    const path = resolve(folder, name.slice('file:'.length).trim());
    files.push(path);
    const what = `the file ${path}`;
    try {
      if (statSync(path).size > maxReferredBytes) return { what, reason: `is larger than ${maxReferredBytes} bytes` };
      const text = decodeText(readFileSync(path)).trim();
      return text === '' ? { what, reason: 'is empty' } : { text };
    } catch (error) {
      return { what, reason: describeUnread(path, error) };
    }
  };
}

/**
 * Replaces references by their texts, so that the file need not hold secrets. A value that consists of one reference is read like
 * the key's own variable.
 */
function resolveReferences(
  values: Record<string, unknown>,
  textOf: ReferenceReader,
  entries: Map<string, FileEntry>,
  faults: Fault[],
): Record<string, unknown> {
  const resolveText = (text: string, path: string): string => {
    let isReference = false;
    const resolved = text.replace(reference, (written, name: string) => {
      if (written.startsWith('$$')) return written.slice(1);
      isReference = true;
      const found = textOf(name);
      if ('text' in found) return found.text;
      const reason = `refers to ${found.what}, which ${found.reason}`;
      faults.push({ path, line: entries.get(path)?.line, value: written, reason });
      return written;
    });
    if (isReference) entries.set(path, { line: entries.get(path)?.line ?? 1, reference: text });
    return resolved;
  };
  const resolveValue = (value: unknown, path: string): unknown => {
    if (typeof value === 'string') return resolveText(value, path);
    if (Array.isArray(value)) return value.map((item, index) => resolveValue(item, joinPath(path, index)));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolveValue(item, joinPath(path, key))]),
    );
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const resolved = resolveValue(value, joinPath('', name));
      const key = configKeys.find((candidate) => candidate.name === name);
      const isFromText = key && typeof resolved === 'string' && entries.get(name)?.reference !== undefined;
      return [name, isFromText ? valueFromText(key.schema, resolved) : resolved];
    }),
  );
}
