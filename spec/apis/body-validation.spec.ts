import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator } from '../../lib/apis/body-validation.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { JsonSchema } from '../../lib/json-schema.ts';

const schema: JsonSchema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 4, pattern: '^[a-z]*$' },
    ratio: { type: ['number', 'null'], minimum: 0, maximum: 2 },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    mode: { type: ['string', 'null'], enum: ['fast', 'slow', null] },
    list: { type: ['string', 'array'], minItems: 1, maxItems: 2, items: { type: 'string' } },
    pair: { type: 'array', minItems: 2 },
    code: { type: 'string', minLength: 3 },
    fixed: { const: 'yes' },
    numbers: { type: 'object', additionalProperties: { type: 'number' } },
    shape: {
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: [
        { type: 'object', required: ['radius'], properties: { kind: { const: 'circle' }, radius: { type: 'number' } } },
        { type: 'object', properties: { kind: { enum: ['square', 'box'] }, side: { type: 'number' } } },
      ],
    },
    unique: { type: 'array', uniqueItems: true },
  },
};

const validate = createValidator(schema);

const passing: unknown[] = [
  { name: 'a' },
  { name: 'abcd', ratio: null, count: 9, mode: null, list: 'x', fixed: 'yes' },
  { name: 'a', ratio: 0.5, mode: 'fast', list: ['x'], numbers: { a: 1 }, shape: { kind: 'circle', radius: 1 } },
];

for (const body of passing) test(`passes ${JSON.stringify(body)}`, () => assert.doesNotThrow(() => validate(body)));

interface Fault {
  body: unknown;
  param: string | null;
  code: string;
  message: string;
}

function fault(field: object, param: string, code: string, message: string): Fault {
  return { body: { name: 'a', ...field }, param, code, message };
}

const longWord = 'x'.repeat(300);

const faults: Fault[] = [
  {
    body: [],
    param: null,
    code: 'invalid_type',
    message: 'Invalid type for the request body: expected an object, but got an array instead.',
  },
  { body: {}, param: 'name', code: 'missing_required_parameter', message: "Missing required parameter: 'name'." },
  fault(
    { ratio: 'x' },
    'ratio',
    'invalid_type',
    "Invalid type for 'ratio': expected a number, but got a string instead.",
  ),
  fault(
    { count: 1.5 },
    'count',
    'invalid_type',
    "Invalid type for 'count': expected an integer, but got a decimal number instead.",
  ),
  fault(
    { list: null },
    'list',
    'invalid_type',
    "Invalid type for 'list': expected one of a string or an array, but got null instead.",
  ),
  fault(
    { list: ['x', true] },
    'list[1]',
    'invalid_type',
    "Invalid type for 'list[1]': expected a string, but got a boolean instead.",
  ),
  fault(
    { numbers: { '0': 'x' } },
    'numbers.0',
    'invalid_type',
    "Invalid type for 'numbers.0': expected a number, but got a string instead.",
  ),
  fault(
    { numbers: { 'a/b~c': {} } },
    'numbers.a/b~c',
    'invalid_type',
    "Invalid type for 'numbers.a/b~c': expected a number, but got an object instead.",
  ),
  fault(
    { ratio: -1 },
    'ratio',
    'decimal_below_min_value',
    "Invalid 'ratio': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
  ),
  fault(
    { ratio: 2.5 },
    'ratio',
    'decimal_above_max_value',
    "Invalid 'ratio': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
  ),
  fault(
    { count: 0 },
    'count',
    'integer_below_min_value',
    "Invalid 'count': integer below minimum value. Expected a value >= 1, but got 0 instead.",
  ),
  fault(
    { count: 10 },
    'count',
    'integer_above_max_value',
    "Invalid 'count': integer above maximum value. Expected a value <= 9, but got 10 instead.",
  ),
  fault({ mode: 'warp' }, 'mode', 'invalid_value', "Invalid value: 'warp'. Supported values are: 'fast' and 'slow'."),
  fault({ fixed: 'no' }, 'fixed', 'invalid_value', "Invalid value: 'no'. Supported values are: 'yes'."),
  fault(
    { mode: longWord },
    'mode',
    'invalid_value',
    `Invalid value: '${longWord.slice(0, 100)}…'. Supported values are: 'fast' and 'slow'.`,
  ),
  fault(
    { list: [] },
    'list',
    'empty_array',
    "Invalid 'list': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  ),
  fault(
    { pair: [1] },
    'pair',
    'array_below_min_length',
    "Invalid 'pair': array too short. Expected an array with minimum length 2, but got an array with length 1 instead.",
  ),
  fault(
    { list: ['a', 'b', 'c'] },
    'list',
    'array_above_max_length',
    "Invalid 'list': array too long. Expected an array with maximum length 2, but got an array with length 3 instead.",
  ),
  fault(
    { name: '' },
    'name',
    'empty_string',
    "Invalid 'name': empty string. Expected a string with minimum length 1, but got an empty string instead.",
  ),
  fault(
    { code: 'ab' },
    'code',
    'string_below_min_length',
    "Invalid 'code': string too short. Expected a string with minimum length 3, but got a string with length 2 instead.",
  ),
  fault(
    { name: 'abcde' },
    'name',
    'string_above_max_length',
    "Invalid 'name': string too long. Expected a string with maximum length 4, but got a string with length 5 instead.",
  ),
  fault(
    { name: 'A' },
    'name',
    'invalid_value',
    "Invalid 'name': string does not match pattern. Expected a string that matches the pattern '^[a-z]*$'.",
  ),
  fault({ nome: 1 }, 'nome', 'unknown_parameter', "Unknown parameter: 'nome'."),
  fault({ shape: {} }, 'shape.kind', 'missing_required_parameter', "Missing required parameter: 'shape.kind'."),
  fault(
    { shape: { kind: 7 } },
    'shape.kind',
    'invalid_type',
    "Invalid type for 'shape.kind': expected a string, but got an integer instead.",
  ),
  fault(
    { shape: { kind: 'cone' } },
    'shape.kind',
    'invalid_value',
    "Invalid value: 'cone'. Supported values are: 'circle', 'square', and 'box'.",
  ),
  fault(
    { shape: { kind: 'circle' } },
    'shape.radius',
    'missing_required_parameter',
    "Missing required parameter: 'shape.radius'.",
  ),
  fault(
    { shape: { kind: 'square', side: 'x' } },
    'shape.side',
    'invalid_type',
    "Invalid type for 'shape.side': expected a number, but got a string instead.",
  ),
  fault(
    { unique: [1, 1] },
    'unique',
    'invalid_value',
    "Invalid 'unique': must NOT have duplicate items (items ## 0 and 1 are identical).",
  ),
];

for (const { body, param, code, message } of faults) {
  test(`refuses ${JSON.stringify(body).slice(0, 80)}`, () => {
    assert.throws(
      () => validate(body),
      (error: unknown) => {
        assert.ok(error instanceof OpenCompatError);
        const { details: _, ...told } = error.public;
        assert.deepEqual(told, { status: 400, type: 'invalid_request_error', param, code, message });
        return true;
      },
    );
  });
}
