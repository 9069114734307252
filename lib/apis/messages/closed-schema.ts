/**
 * A JSON Schema as Anthropic takes it for structured output: every object closed, and only keywords that its grammar can
 * enforce. Others move into the description, where the model reads them. Pure.
 */
import { asObject, asText, type Json } from '../../lenient-json.ts';

/** Deepest nesting that is changed. */
const maxDepth = 64;

/** Keywords with a schema, a list of schemas, or schemas by name. */
const schemaKeys = new Set(['items', 'additionalItems']);
const listKeys = new Set(['anyOf', 'allOf']);
const mapKeys = new Set(['properties', '$defs', 'definitions']);
const keptKeys = new Set([
  ...['type', 'required', 'enum', 'const', '$ref', 'description', 'title', 'default'],
  ...schemaKeys,
  ...listKeys,
  ...mapKeys,
]);
/** Notes for other readers of the schema; the model has no use for them. */
const silentKeys = new Set(['$schema', '$id', '$comment', 'examples', 'additionalProperties', 'strict']);
const knownFormats = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);

export function toClosedSchema(schema: unknown, depth = maxDepth): Json {
  const given = asObject(schema) ?? {};
  if (depth === 0) return given;
  const closed: Json = {};
  const unenforced: string[] = [];
  const close = (each: unknown) => toClosedSchema(each, depth - 1);
  for (const [key, value] of Object.entries(given)) {
    if (schemaKeys.has(key) && asObject(value)) closed[key] = close(value);
    else if (listKeys.has(key) && Array.isArray(value)) closed[key] = value.map(close);
    else if (mapKeys.has(key) && asObject(value)) {
      closed[key] = Object.fromEntries(Object.entries(value as Json).map(([name, each]) => [name, close(each)]));
    } else if (key === 'oneOf' && Array.isArray(value)) closed.anyOf = value.map(close);
    else if (keptKeys.has(key) || isHeldTo(key, value)) closed[key] = value;
    else if (!silentKeys.has(key)) unenforced.push(`${key}: ${JSON.stringify(value)}`);
  }
  if (closed.type === 'object' || closed.properties !== undefined) closed.additionalProperties = false;
  if (unenforced.length > 0) {
    closed.description = [asText(closed.description), `(${unenforced.join(', ')})`].filter(Boolean).join(' ');
  }
  return closed;
}

function isHeldTo(key: string, value: unknown): boolean {
  if (key === 'format') return knownFormats.has(String(value));
  return key === 'minItems' && (value === 0 || value === 1);
}
