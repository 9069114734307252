/** The keys of the configuration: what each is called in the environment and as a flag, and how a text becomes its value. */

import type { JsonSchema } from '../json-schema.ts';
import { configSchema } from './schema.ts';

export interface ConfigKey {
  readonly name: string;
  readonly schema: JsonSchema;
  /** Environment variables; the first is the documented one, the rest are older spellings. Empty: only in the file. */
  readonly env: readonly string[];
  /** `--reasoning-effort`; absent: only in the file. */
  readonly flag: string | undefined;
  /** Heading in the documentation. */
  readonly section: string;
}

const words = (name: string) => name.split(/(?=[A-Z])/);

function describeKeys(): ConfigKey[] {
  let section = '';
  return Object.entries<JsonSchema>(configSchema.properties).map(([name, schema]) => {
    section = (schema['x-section'] as string | undefined) ?? section;
    const env = (schema['x-env'] as readonly string[] | undefined) ?? [
      `OPENCOMPAT_${words(name).join('_').toUpperCase()}`,
    ];
    return {
      name,
      schema,
      env,
      flag: env.length > 0 ? `--${words(name).join('-').toLowerCase()}` : undefined,
      section,
    };
  });
}

/** In the order of the schema. */
export const configKeys: readonly ConfigKey[] = describeKeys();

export function hasType({ type }: JsonSchema, wanted: string): boolean {
  return [type].flat().includes(wanted);
}

/**
 * The value that a text from the environment or the command line stands for. A text that does not fit the type stays a
 * text, for the check to complain of.
 */
export function valueFromText(schema: JsonSchema, text: string): unknown {
  if (hasType(schema, 'array')) {
    return (
      text
        // A file with one item a line becomes a variable with line breaks (Kubernetes' `--from-file`, Docker's secrets).
        .split(/[,\r\n]/)
        .map((item) => item.trim())
        .filter(Boolean)
    );
  }
  if (hasType(schema, 'boolean')) {
    if (/^(true|1|yes|on)$/i.test(text)) return true;
    if (/^(false|0|no|off)$/i.test(text)) return false;
  }
  const isNumeric = hasType(schema, 'number') || hasType(schema, 'integer');
  if (isNumeric && /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text)) return Number(text);
  return text;
}
