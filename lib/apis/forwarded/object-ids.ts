/**
 * Where the ids of files and batches stand: in OpenAI's answers (https://platform.openai.com/docs/api-reference/batch), and in
 * the requests of all APIs that name files. Pure.
 */
import { asObject, type Json } from '../../lenient-json.ts';

export type ObjectKind = 'file' | 'batch';

/** How the ids begin that clients are given here. OpenAI's own have no `_` behind the first word. */
export const idPrefixes: Readonly<Record<ObjectKind, string>> = { file: 'file-oc_', batch: 'batch_oc_' };

/** Has the id been given out here, by this or another server? */
export function isIdFromHere(kind: ObjectKind, id: string): boolean {
  return id.startsWith(idPrefixes[kind]);
}

/** Of a batch. */
const fileFields = ['input_file_id', 'output_file_id', 'error_file_id'] as const;

/** The object with other ids; everything else stays. */
export function mapObjectIds(object: Json, kind: ObjectKind, map: (kind: ObjectKind, id: string) => string): Json {
  const mapped = { ...object };
  if (typeof object.id === 'string') mapped.id = map(kind, object.id);
  if (kind === 'file') return mapped;
  for (const field of fileFields) {
    const id = object[field];
    if (typeof id === 'string' && id !== '') mapped[field] = map('file', id);
  }
  return mapped;
}

/** The fields of a request in which it may name files. */
const roots = ['messages', 'input', 'tools'] as const;
/** Below them, the fields that lead to such a name. What a call's arguments hold is the model's own. */
const ways: ReadonlySet<string> = new Set([
  'content',
  'output',
  'file',
  'source',
  'container',
  'environment',
  'input_image_mask',
]);

/** @param param where the id stands, as OpenAI writes it: `input[0].content[1].file_id` */
type MapFileId = (id: string, param: () => string) => string;

/** The request, or body, with other ids of files; the same one where nothing changes. */
export function mapFileIds<T extends object>(request: T, map: MapFileId): T {
  let mapped = request;
  for (const root of roots) {
    const value = (request as Json)[root];
    const next = typeof value === 'object' ? mapWithin(value, [root], map) : value;
    if (next !== value) mapped = { ...mapped, [root]: next };
  }
  return mapped;
}

/** @param path of the value; it is the caller's again on return */
function mapWithin(value: unknown, path: (string | number)[], map: MapFileId): unknown {
  if (Array.isArray(value)) return mapEach(value, path, map);
  const object = asObject(value);
  if (!object) return value;
  let mapped = object;
  for (const key in object) {
    const given = object[key];
    const next = mapField(key, given, path, map);
    if (next !== given) mapped = { ...mapped, [key]: next };
  }
  return mapped;
}

function mapEach(list: readonly unknown[], path: (string | number)[], map: MapFileId): unknown {
  let mapped: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    if (typeof list[index] !== 'object') continue;
    path.push(index);
    const next = mapWithin(list[index], path, map);
    path.pop();
    if (next === list[index]) continue;
    mapped ??= [...list];
    mapped[index] = next;
  }
  return mapped ?? list;
}

function mapField(key: string, value: unknown, path: (string | number)[], map: MapFileId): unknown {
  const isId = key === 'file_id' && typeof value === 'string';
  const areIds = key === 'file_ids' && Array.isArray(value);
  if (!isId && !areIds && !(ways.has(key) && typeof value === 'object')) return value;
  path.push(key);
  const mapId = (id: unknown) => (typeof id === 'string' ? map(id, () => toParam(path)) : id);
  const mapped = isId ? mapId(value) : areIds ? mapIds(value, mapId) : mapWithin(value, path, map);
  path.pop();
  return mapped;
}

function mapIds(ids: readonly unknown[], mapId: (id: unknown) => unknown): readonly unknown[] {
  const mapped = ids.map(mapId);
  return mapped.some((id, index) => id !== ids[index]) ? mapped : ids;
}

function toParam([root, ...rest]: readonly (string | number)[]): string {
  return `${root}${rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;
}
