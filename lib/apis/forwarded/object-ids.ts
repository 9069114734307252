/** Where the ids of files and batches stand in OpenAI's answers (https://platform.openai.com/docs/api-reference/batch). Pure. */
import type { Json } from '../../lenient-json.ts';

export type ObjectKind = 'file' | 'batch';

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
