/** Where the ids of files and batches stand in OpenAI's answers (https://platform.openai.com/docs/api-reference/batch). Pure. */
import type { Json } from '../../lenient-json.ts';
export type ObjectKind = 'file' | 'batch';
/** The object with other ids; everything else stays. */
export declare function mapObjectIds(object: Json, kind: ObjectKind, map: (kind: ObjectKind, id: string) => string): Json;
