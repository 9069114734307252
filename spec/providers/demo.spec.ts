import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { CanonicalRequest } from '../../lib/canonical/types.ts';
import { createDemoProvider } from '../../lib/providers/demo/index.ts';
import { sampleOf } from '../../lib/providers/demo/sample.ts';
import type { BuildContext } from '../../lib/providers/provider.ts';
import { type AnyEvent, deltasOf, faultsOf } from '../answer/transforms/events.ts';

const provider = createDemoProvider({ delayMs: 0 });

function build(request: Partial<CanonicalRequest>) {
  const ignored: string[] = [];
  const model = { requested: 'demo', id: 'demo', provider, info: provider.models()[0]! };
  const context = { model, id: 'abc', clientId: 'someone', ignore: (param: string) => ignored.push(param) };
  const whole: CanonicalRequest = { model: 'demo', stream: true, input: [], ...request };
  return { upstream: provider.buildRequest(whole, context as unknown as BuildContext), ignored };
}

async function ask(request: Partial<CanonicalRequest>): Promise<AnyEvent[]> {
  const answer = provider.answer!(build(request).upstream, new AbortController().signal);
  assert.equal(answer.statusCode, 200);
  let text = '';
  for await (const bytes of answer) text += bytes;
  const events = text.split('\n\n').filter(Boolean);
  const parsed = events.map((event) => JSON.parse(event.split('\ndata: ')[1]!));
  assert.deepEqual(faultsOf(parsed), []);
  return parsed;
}

function user(text: string): CanonicalRequest['input'] {
  return [{ type: 'message', role: 'user', content: text }];
}

const getWeather = {
  type: 'function' as const,
  name: 'get_weather',
  strict: false,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
    required: ['city'],
  },
};
const sendMail = {
  type: 'function' as const,
  name: 'sendMail',
  strict: false,
  parameters: { type: 'object', properties: { to: { type: 'string', format: 'email' } } },
};

function callsOf(events: AnyEvent[]) {
  const { output } = events.at(-1).response;
  return output.filter(({ type }: AnyEvent) => type.endsWith('_call'));
}

test('repeats what was said, in many pieces, the same each time', async () => {
  const events = await ask({ input: user('How are you today?') });
  assert.match(deltasOf(events), /You said: How are you today\?$/);
  assert.ok(events.filter(({ type }) => type === 'response.output_text.delta').length > 5);
  assert.equal(deltasOf(await ask({ input: user('How are you today?') })), deltasOf(events));
});

test('reasons aloud unless asked not to', async () => {
  const summaryOf = (events: AnyEvent[]) => deltasOf(events, 'reasoning_summary_text');
  assert.match(summaryOf(await ask({ input: user('one two') })), /2 words/);
  assert.equal(summaryOf(await ask({ input: user('x'), reasoning: { effort: 'none' } })), '');
  assert.equal(summaryOf(await ask({ input: user('x'), reasoning: { summary: 'none' } })), '');
  const usage = (await ask({ input: user('one two'), reasoning: { effort: 'high' } })).at(-1).response.usage;
  assert.ok(usage.output_tokens_details.reasoning_tokens > 0);
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
});

test('calls the tool that the message is about, with arguments that fit', async () => {
  const [call, ...others] = callsOf(
    await ask({ input: user('What is the weather in Paris, in fahrenheit?'), tools: [getWeather, sendMail] }),
  );
  assert.deepEqual(others, []);
  assert.equal(call.name, 'get_weather');
  assert.deepEqual(JSON.parse(call.arguments), { city: 'Paris', unit: 'fahrenheit' });
  assert.match(call.call_id, /^call_\w{24}$/);
});

test('calls several tools at once, one if told so, none when none is meant', async () => {
  const input = user('Check the weather and send a mail.');
  const tools = [getWeather, sendMail];
  assert.equal(callsOf(await ask({ input, tools })).length, 2);
  assert.equal(callsOf(await ask({ input, tools, parallel_tool_calls: false })).length, 1);
  assert.equal(callsOf(await ask({ input, tools, tool_choice: 'none' })).length, 0);
  assert.equal(callsOf(await ask({ input: user('Hello!'), tools })).length, 0);
});

test('calls what it must: required, forced, allowed', async () => {
  const input = user('Hello!');
  const tools = [getWeather, sendMail];
  const names = async (tool_choice: CanonicalRequest['tool_choice']) =>
    callsOf(await ask({ input, tools, tool_choice })).map(({ name }: AnyEvent) => name);
  assert.deepEqual(await names('required'), ['get_weather']);
  assert.deepEqual(await names({ type: 'function', name: 'sendMail' }), ['sendMail']);
  const allowed = [{ type: 'function', name: 'sendMail' }];
  assert.deepEqual(await names({ type: 'allowed_tools', mode: 'required', tools: allowed }), ['sendMail']);
});

test('gives a custom tool the message as it is', async () => {
  const [call] = callsOf(await ask({ input: user('run code: 1 + 1'), tools: [{ type: 'custom', name: 'code' }] }));
  assert.equal(call.type, 'custom_tool_call');
  assert.equal(call.input, 'run code: 1 + 1');
});

test('answers with what the tools gave', async () => {
  const input = [
    ...user('What is the weather in Paris?'),
    { type: 'function_call' as const, call_id: 'call_1', name: 'get_weather', arguments: '{}' },
    { type: 'function_call_output' as const, call_id: 'call_1', output: '21 degrees' },
  ];
  const events = await ask({ input, tools: [getWeather] });
  assert.match(deltasOf(events), /get_weather: 21 degrees/);
  assert.deepEqual(callsOf(events), []);
});

test('notes images and files', async () => {
  const content = [
    { type: 'input_text' as const, text: 'Look' },
    { type: 'input_image' as const, image_url: 'https://example.com/a.png', detail: 'auto' as const },
    { type: 'input_file' as const, file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' },
  ];
  const events = await ask({ input: [{ type: 'message', role: 'user', content }] });
  assert.match(deltasOf(events), /1 image and 1 file/);
});

test('gives JSON when JSON is asked for', async () => {
  const object = await ask({ input: user('x'), text: { format: { type: 'json_object' } } });
  assert.equal(typeof JSON.parse(deltasOf(object)), 'object');
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
  };
  const format = { type: 'json_schema' as const, name: 'person', schema };
  const events = await ask({ input: user('My friend Alice is 30'), text: { format } });
  assert.deepEqual(JSON.parse(deltasOf(events)), { name: 'Alice', age: 30 });
});

test('names what it leaves aside, and nothing that is emulated for it', () => {
  const { ignored } = build({ temperature: 1, seed: 3, stop: ['x'], max_output_tokens: 5, store: false } as object);
  assert.deepEqual(ignored, ['temperature', 'seed']);
});

test('stops when the client has gone', async () => {
  const slow = createDemoProvider({ delayMs: 5 });
  const abort = new AbortController();
  const answer = slow.answer!(build({ input: user('hello') }).upstream, abort.signal);
  await assert.rejects(async () => {
    for await (const _ of answer) abort.abort();
  }, /abort/i);
  assert.ok(answer.destroyed);
});

test('is listed only while it is wanted, and knows no other name', () => {
  assert.deepEqual(createDemoProvider({ isListed: () => false }).models(), []);
  assert.equal(provider.unlistedModel?.('other'), undefined);
});

const hints = { message: 'a demo of 42 things', words: ['Paris', 'x'], numbers: [42, -7.5] };
const ajv = new Ajv2020({ strict: false, validateFormats: false });

function isValid(schema: object): boolean {
  return ajv.validate(schema, sampleOf(schema, hints));
}

const anySchema = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'schema' },
    fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }, {}, { const: [1, { a: 2 }] }),
    fc
      .tuple(fc.nat(12), fc.nat(12))
      .map(([minLength, more]) => ({ type: 'string', minLength, maxLength: minLength + more })),
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20)).map(([minimum, more]) => ({
      type: 'integer',
      minimum,
      maximum: minimum + more,
    })),
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 20 })).map(([minimum, more]) => ({
      type: 'number',
      exclusiveMinimum: minimum,
      exclusiveMaximum: minimum + more,
    })),
    fc.integer({ min: 2, max: 9 }).map((multipleOf) => ({ type: 'integer', multipleOf, minimum: 1 })),
    fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc
      .tuple(tie('schema'), fc.nat(3), fc.nat(3))
      .map(([items, minItems, more]) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
    fc
      .tuple(fc.dictionary(fc.stringMatching(/^\w{1,8}$/), tie('schema'), { maxKeys: 4 }), fc.boolean())
      .map(([properties, isStrict]) => ({
        type: 'object',
        properties,
        required: isStrict ? Object.keys(properties) : [],
        additionalProperties: false,
      })),
  ),
})).schema;

test('samples satisfy the schema, for any schema of the supported kind', () => {
  fc.assert(
    fc.property(anySchema, (schema) => isValid(schema)),
    { numRuns: 1000 },
  );
});

test('samples satisfy references, recursion, combinations, tuples and unique items', () => {
  const node = {
    type: 'object',
    required: ['value', 'next', 'children'],
    properties: {
      value: { type: 'integer' },
      next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      children: { type: 'array', items: { $ref: '#/$defs/node' } },
    },
    additionalProperties: false,
  };
  const schemas = [
    { $ref: '#/$defs/node', $defs: { node } },
    { allOf: [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, { required: ['b'] }] },
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
    { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true },
    { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 2 },
    { oneOf: [{ type: 'string', const: 'only' }, { type: 'integer' }] },
    { type: 'string', pattern: '^\\d{4}$' },
  ];
  for (const schema of schemas) assert.ok(isValid(schema), JSON.stringify([schema, sampleOf(schema, hints)]));
});

test('samples have the form that the format names', () => {
  const of = (format: string) => String(sampleOf({ type: 'string', format }, hints));
  assert.ok(!Number.isNaN(Date.parse(of('date-time'))));
  assert.match(of('date'), /^\d{4}-\d\d-\d\d$/);
  assert.match(of('email'), /^\S+@\S+\.\w+$/);
  assert.match(of('uuid'), /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(URL.canParse(of('uri')));
});
