/** What a schema gives `options` as their type. The type check is the test; a run only shows that defaults agree with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FromSchema, JsonSchema } from '../lib/json-schema.ts';
import { checkOptions } from '../lib/options/check.ts';

/** Each fits where the other is wanted; `any`, which fits everywhere, is none of them. */
type IsSame<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['max'],
  properties: {
    max: { enum: ['low', 'high'] },
    count: { type: 'integer', default: 3 },
    name: { type: 'string' },
    note: { type: ['string', 'null'], default: null },
    list: { type: 'array', items: { enum: ['a', 'b'] }, default: [] },
    pairs: {
      type: 'array',
      default: [],
      items: { type: 'object', required: ['key'], properties: { key: { type: 'string' }, value: { type: 'number' } } },
    },
    map: { type: 'object', additionalProperties: { type: 'number' }, default: {} },
    either: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    names: { type: ['array', 'null'], items: { type: 'string' }, default: null },
    nested: { type: ['object', 'null'], default: null, properties: { isOn: { type: 'boolean', default: true } } },
    level: { enum: ['x', null], default: null },
    kind: { const: 'k' },
  },
} as const satisfies JsonSchema;

type Options = FromSchema<typeof schema>;

const isAsDescribed: {
  [K in keyof Options]-?: IsSame<
    Options[K],
    {
      max: 'low' | 'high';
      count: number;
      name: string | undefined;
      note: string | null;
      list: ('a' | 'b')[];
      pairs: { key: string; value?: number }[];
      map: Record<string, number>;
      either: string | number | undefined;
      names: string[] | null;
      nested: { isOn: boolean } | null;
      level: 'x' | null;
      kind: 'k' | undefined;
    }[K]
  >;
} = {
  max: true,
  count: true,
  name: true,
  note: true,
  list: true,
  pairs: true,
  map: true,
  either: true,
  names: true,
  nested: true,
  level: true,
  kind: true,
};

test('every option has the type that its schema describes, and a value for each default', () => {
  assert.deepEqual(Object.keys(isAsDescribed), Object.keys(schema.properties));
  const given: Record<string, unknown> = { max: 'low' };
  assert.deepEqual(checkOptions(schema, given, ''), []);
  assert.deepEqual(given, {
    max: 'low',
    count: 3,
    note: null,
    list: [],
    pairs: [],
    map: {},
    names: null,
    nested: null,
    level: null,
  });
});
