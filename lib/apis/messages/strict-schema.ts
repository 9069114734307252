/** Deepest nesting that is checked; OpenAI's strict mode takes 10 levels of objects. */
const maxDepth = 32;

/**
 * Does the schema suit OpenAI's strict mode? Unlike Anthropic, it wants every object closed and every property required, and
 * refuses other schemas.
 */
export function isStrictSchema(schema: unknown, depth = maxDepth): boolean {
  if (typeof schema !== 'object' || schema === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(schema)) return schema.every((each) => isStrictSchema(each, depth - 1));
  const { type, properties, required, additionalProperties, allOf, oneOf, not, patternProperties } = schema as Record<
    string,
    unknown
  >;
  // Combinations that strict mode does not know.
  if (allOf !== undefined || oneOf !== undefined || not !== undefined || patternProperties !== undefined) return false;
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys((properties ?? {}) as object);
    const listed = new Set(Array.isArray(required) ? required : []);
    if (additionalProperties !== false || !names.every((name) => listed.has(name))) return false;
    return Object.values((properties ?? {}) as object).every((each) => isStrictSchema(each, depth - 1));
  }
  const { items, anyOf, $defs, definitions } = schema as Record<string, unknown>;
  return [items, anyOf, ...Object.values({ ...($defs as object), ...(definitions as object) })].every((each) =>
    isStrictSchema(each, depth - 1),
  );
}
