/** A value that satisfies a JSON Schema, always the same one: how the fake backend fills tool arguments and structured answers. */

type Schema = Record<string, unknown>;

/** Beyond this depth only what is required is filled in, so that recursive schemas end. */
const fullDepth = 4;

function resolveRef(ref: string, root: Schema): unknown {
  let found: unknown = root;
  for (const token of ref.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const key = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
    found = (found as Schema | undefined)?.[key];
  }
  return found;
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((name) => name !== 'null') ?? 'null';
  if (type !== undefined) return type;
  if ('properties' in schema) return 'object';
  if ('items' in schema) return 'array';
  return 'string';
}

const formats: Record<string, string> = {
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
};

function sampleNumber({
  minimum,
  maximum,
  exclusiveMinimum,
  multipleOf = 1,
}: Record<string, number | undefined>): number {
  const low = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + multipleOf);
  const value = low ?? Math.min(multipleOf, maximum ?? multipleOf);
  return Math.ceil(value / multipleOf) * multipleOf;
}

function sample(schema: unknown, name: string, root: Schema, depth: number): unknown {
  if (typeof schema !== 'object' || schema === null) return name;
  const node = schema as Schema;
  if (typeof node.$ref === 'string') return sample(resolveRef(node.$ref, root), name, root, depth + 1);
  if ('const' in node) return node.const;
  if (Array.isArray(node.enum)) return node.enum[0];
  const choices = (node.anyOf ?? node.oneOf) as Schema[] | undefined;
  if (choices) {
    const isEnough = depth >= fullDepth && choices.some(({ type }) => type === 'null');
    return isEnough ? null : sample(choices[0], name, root, depth);
  }
  if (Array.isArray(node.allOf)) return sample(Object.assign({}, ...node.allOf), name, root, depth);
  switch (typeOf(node)) {
    case 'object': {
      const required = node.required as string[] | undefined;
      const properties = Object.entries((node.properties ?? {}) as Record<string, unknown>).filter(
        ([key]) => depth < fullDepth || required?.includes(key),
      );
      return Object.fromEntries(properties.map(([key, value]) => [key, sample(value, key, root, depth + 1)]));
    }
    case 'array': {
      const length = (node.minItems as number | undefined) ?? (depth < fullDepth ? 1 : 0);
      return Array.from({ length }, () => sample(node.items ?? {}, name, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return sampleNumber(node as Record<string, number | undefined>);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return (formats[node.format as string] ?? name).padEnd((node.minLength as number | undefined) ?? 0, '.');
  }
}

/** @param name what a string without further constraints says; below the top it is the property's name */
export function sampleJson(schema: unknown, name = 'sample'): unknown {
  return sample(schema, name, schema as Schema, 0);
}
