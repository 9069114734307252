/** The chart's values as values.yaml documents them: what its table, its schema and its list of names are made from. */
import { readFileSync } from 'node:fs';
import { isMap, type Pair, parse, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import type { JsonSchema } from '../../lib/json-schema.ts';

export interface DocumentedValue {
  readonly path: readonly string[];
  /** Heading in the table. */
  readonly section: string;
  readonly description: string;
  readonly default: unknown;
  /** What was written behind `@schema`. */
  readonly schema: JsonSchema;
  /** May it have keys that are not listed here? */
  readonly isOpen: boolean;
  /** The values in it; empty for a single value. */
  readonly children: readonly DocumentedValue[];
}

export const chartFolder = new URL('../../chart/', import.meta.url);

export function readDocumentedValues(text = readFileSync(new URL('values.yaml', chartFolder), 'utf8')) {
  const document = parseDocument(text);
  let section = '';

  function read(map: YAMLMap, path: readonly string[], firstComment: string): DocumentedValue[] {
    return (map.items as Pair<Scalar<string>>[]).map(({ key, value }, index) => {
      // The parser gives the comment of a mapping's first key to the mapping.
      const comment = [index === 0 ? firstComment : '', key.commentBefore ?? ''].join('\n');
      const lines = comment.split('\n').map((line) => line.replace(/^ /, ''));
      section = lines.findLast((line) => line.startsWith('# '))?.slice(2) ?? section;
      const here = [...path, key.value];
      const schemaLines = lines.filter((line) => line.startsWith('@schema ')).map((line) => line.slice(8));
      const isOpen = lines.includes('@open');
      const hasChildren = isMap(value) && value.items.length > 0 && !isOpen;
      return {
        path: here,
        section,
        description: lines
          .filter((line) => line && !/^[#@]/.test(line))
          .join(' ')
          .trim(),
        default: isMap(value) ? value.toJSON() : ((value as Scalar | null)?.toJSON() ?? null),
        schema: schemaLines.length > 0 ? parse(schemaLines.join('\n')) : {},
        isOpen: isOpen || (isMap(value) && value.items.length === 0),
        children: hasChildren ? read(value, here, value.commentBefore ?? '') : [],
      };
    });
  }

  if (!isMap(document.contents)) throw new TypeError('values.yaml holds no mapping');
  return read(document.contents, [], document.commentBefore ?? '');
}

/** The single values, in the order of the file. */
export function leavesOf(values: readonly DocumentedValue[]): DocumentedValue[] {
  return values.flatMap((value) => (value.children.length > 0 ? leavesOf(value.children) : [value]));
}
