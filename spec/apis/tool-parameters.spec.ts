import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toToolParameters } from '../../lib/apis/tool-parameters.ts';

const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });
const text = { type: 'string' };

const rows: [title: string, given: unknown, repaired: object][] = [
  ['no schema', undefined, object({})],
  [
    'a schema without faults',
    object({ a: text }, { required: ['a'], additionalProperties: false }),
    object({ a: text }, { required: ['a'], additionalProperties: false }),
  ],
  ['properties: null', { type: 'object', properties: null, required: null }, object({})],
  ['type: null', { type: null, properties: { a: text } }, object({ a: text })],
  ['a list without items', object({ a: { type: 'array' } }), object({ a: { type: 'array', items: {} } })],
  [
    'a list with items: null',
    object({ a: { type: ['array', 'null'], items: null } }),
    object({ a: { type: ['array', 'null'], items: {} } }),
  ],
  [
    'a list of places (draft 7)',
    object({ a: { type: 'array', items: [text, { type: 'integer' }] } }),
    object({ a: { type: 'array', items: { anyOf: [text, { type: 'integer' }] } } }),
  ],
  [
    'a list of places (2020-12)',
    object({ a: { type: 'array', prefixItems: [text], items: false } }),
    object({ a: { type: 'array', items: text } }),
  ],
  ['a dialect and an id', { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'x', ...object({}) }, object({})],
  [
    'excluded bounds of draft 4',
    object({ a: { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false } }),
    object({ a: { type: 'integer', exclusiveMinimum: 1, maximum: 9 } }),
  ],
  [
    'required of draft 3',
    object({ a: { type: 'string', required: true }, b: { type: 'string', required: false } }),
    object({ a: text, b: text }, { required: ['a'] }),
  ],
  [
    'types of OpenAPI and of Python',
    object({ a: { type: 'STRING', nullable: true }, b: { type: 'int' }, c: { type: 'any' } }),
    object({ a: { type: ['string', 'null'] }, b: { type: 'integer' }, c: {} }),
  ],
  ['an empty enum', object({ a: { type: 'string', enum: [] } }), object({ a: text })],
  ['a schema that is true', object({ a: true, b: null }), object({ a: {}, b: {} })],
  [
    'alternatives at the root',
    {
      oneOf: [
        object({ a: text, b: text }, { required: ['a', 'b'] }),
        object({ b: text, c: text }, { required: ['b'] }),
      ],
    },
    object({ a: text, b: text, c: text }, { required: ['b'] }),
  ],
  [
    'all of several at the root',
    { allOf: [object({ a: text }, { required: ['a'] }), { required: ['c'], properties: { c: text } }], type: 'object' },
    object({ a: text, c: text }, { required: ['a', 'c'] }),
  ],
  ['a root that may be null', { anyOf: [object({ a: text }), { type: 'null' }] }, object({ a: text })],
  ['a root of two types', { type: ['object', 'null'], properties: { a: text } }, object({ a: text })],
  [
    'a property that is called like a keyword',
    object({ required: text, items: text, $schema: text, nullable: text, $defs: text }),
    object({ required: text, items: text, $schema: text, nullable: text, $defs: text }),
  ],
  [
    'a default that is null',
    object({ a: { type: 'string', default: null } }),
    object({ a: { type: 'string', default: null } }),
  ],
  ['a schema that is true', true, object({})],
  ['a schema that is a text', 'object', object({})],
  [
    'words that should be texts',
    object({ a: { type: 'string', format: 5, title: {} } }, { description: ['x'] }),
    object({ a: text }),
  ],
  [
    'bounds that are no numbers, or none at all',
    object({
      a: { type: 'array', items: text, minItems: '1', uniqueItems: 'yes' },
      b: { type: 'number', minimum: '0', multipleOf: 0 },
      c: { type: 'string', minLength: -1, maxLength: 5 },
    }),
    object({ a: { type: 'array', items: text }, b: { type: 'number' }, c: { type: 'string', maxLength: 5 } }),
  ],
  [
    'a pattern of another language',
    object({ a: { type: 'string', pattern: '(?P<year>\\d+' }, b: { type: 'string', pattern: '^\\d+$' } }),
    object({ a: text, b: { type: 'string', pattern: '^\\d+$' } }),
  ],
  ['a type twice', object({ a: { type: ['string', 'string', 'null'] } }), object({ a: { type: ['string', 'null'] } })],
  ['a type that every object has', object({ a: { type: 'constructor' } }), object({ a: {} })],
  ['a reference that is no text', object({ a: { $ref: 5 } }), object({ a: {} })],
];
for (const [title, given, repaired] of rows) {
  test(title, () => assert.deepEqual(toToolParameters(given), repaired));
}

test('properties of names that an upstream refuses are told in words', () => {
  const schema = object({ 'a b': text, c: text }, { required: ['a b', 'c'], additionalProperties: false });
  assert.deepEqual(toToolParameters(schema, { propertyName: /^[a-z]+$/ }), {
    ...object({ c: text }, { required: ['c'] }),
    description: 'It also has the properties "a b" (string).',
  });
  assert.deepEqual(toToolParameters(schema), schema);
  let deep: object = text;
  for (let depth = 0; depth < 60; depth += 1)
    deep = object({ 'a "b"': deep, c: deep === text ? text : object({ '"': text }) });
  assert.ok(JSON.stringify(toToolParameters(deep, { propertyName: /^[a-z]+$/ })).length < 2_000);
});

const tree = {
  $ref: '#/$defs/Args',
  $defs: {
    Args: object({ a: { $ref: '#/$defs/Node' }, b: { $ref: '#/$defs/Gone' }, c: { $ref: 'http://127.0.0.1/x' } }),
    Node: object({ next: { $ref: '#/$defs/Node' }, tags: { type: 'array' } }),
  },
};

test('references are put in where an upstream has none, one within itself once', () => {
  const node = object({ next: {}, tags: { type: 'array', items: {} } });
  assert.deepEqual(toToolParameters(tree), object({ a: node, b: {}, c: {} }));
});

test('where an upstream has references those that lead somewhere stay', () => {
  const { properties, $defs, $ref } = toToolParameters(tree, { hasReferences: true });
  assert.equal($ref, undefined);
  assert.deepEqual(properties, { a: { $ref: '#/$defs/Node' }, b: {}, c: {} });
  assert.deepEqual(
    ($defs as { Node: object }).Node,
    object({ next: { $ref: '#/$defs/Node' }, tags: { type: 'array', items: {} } }),
  );
});

test('a schema that grows out of its references has a limit', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `d${index}`,
      object({ a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } }),
    ]),
  );
  const repaired = toToolParameters({ ...object({ a: { $ref: '#/$defs/d0' } }), $defs });
  assert.ok(JSON.stringify(repaired).length < 2_000_000);
});

test('whatever comes is an object schema, and stays one', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'required',
    'enum',
    'anyOf',
    'oneOf',
    'allOf',
    '$ref',
    '$defs',
    'nullable',
    'additionalProperties',
    '__proto__',
  );
  const schema = fc.dictionary(
    keyword,
    fc.oneof(fc.jsonValue(), fc.dictionary(keyword, fc.jsonValue()), fc.array(fc.dictionary(keyword, fc.jsonValue()))),
  );
  fc.assert(
    fc.property(schema, fc.boolean(), (given, hasReferences) => {
      const repaired = toToolParameters(given, { hasReferences });
      assert.equal(repaired.type, 'object');
      assert.equal(typeof repaired.properties, 'object');
      for (const key of ['anyOf', 'oneOf', 'allOf', 'enum', 'not']) assert.ok(!Object.hasOwn(repaired, key));
      assert.deepEqual(toToolParameters(repaired, { hasReferences }), repaired);
    }),
  );
});
