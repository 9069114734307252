/** Ollama requests in canonical form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ClientApi } from '../../../lib/apis/api.ts';
import { createValidator } from '../../../lib/apis/body-validation.ts';
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from '../../../lib/apis/ollama/index.ts';
import { OpenCompatError } from '../../../lib/errors.ts';

const apis = { chat: ollamaChat, generate: ollamaGenerate, embed: ollamaEmbed, embeddings: ollamaEmbeddings };
type Kind = keyof typeof apis;
const validators = Object.fromEntries(
  Object.entries(apis).map(([kind, { schema }]) => [kind, createValidator(schema)]),
) as Record<Kind, ReturnType<typeof createValidator>>;

const hello = { role: 'user', content: 'hi' };
const item = (role: string, ...content: object[]) => ({ type: 'message', role, content });
const input = (text: string) => ({ type: 'input_text', text });
const helloItem = item('user', input('hi'));

function translate(kind: Kind, fields: object) {
  const body = { model: 'm', ...fields };
  validators[kind](body);
  const ignored: string[] = [];
  const request = (apis[kind] as unknown as ClientApi).toCanonical(body, {
    headers: {},
    defaults: { reasoningCompat: 'none' },
    ignore: (param) => ignored.push(param),
  });
  return { ...JSON.parse(JSON.stringify(request)), ignored } as Record<string, unknown> & { ignored: string[] };
}

/** Everything that a request to chat says besides what every request says. */
function extras(fields: object): object {
  const { model: _model, input: _input, stream: _stream, ignored, ...rest } = translate('chat', fields);
  return ignored.length > 0 ? { ...rest, ignored } : rest;
}

const toInput = (...messages: object[]) => translate('chat', { messages }).input;

function refusal(kind: Kind, fields: object): string {
  try {
    translate(kind, fields);
  } catch (error) {
    assert.ok(error instanceof OpenCompatError);
    return `${error.public.param}: ${error.public.code}`;
  }
  return 'taken';
}

test('a request streams unless it says otherwise, and says no more than its body does', () => {
  const bare = { model: 'm', input: [helloItem], stream: true, ignored: [] };
  assert.deepEqual(translate('chat', { messages: [hello] }), bare);
  assert.deepEqual(translate('chat', { messages: [hello], stream: null, think: null, tools: null }), bare);
  assert.deepEqual(translate('chat', { messages: [hello], keep_alive: '5m' }), bare);
  assert.equal(translate('chat', { messages: [hello], stream: false }).stream, false);
});

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const jpeg = '/9j/4AAQSkZJRgABAQ==';
const gif = 'R0lGODlhAQABAAAAACw=';
const webp = Buffer.concat([Buffer.from('RIFF'), Buffer.from([0xff, 1, 2, 0]), Buffer.from('WEBPVP8 ')]).toString(
  'base64',
);
const image = (type: string, base64: string) => ({
  type: 'input_image',
  image_url: `data:image/${type};base64,${base64}`,
  detail: 'auto',
});
const call = (name: string, args: object, id?: string) => ({ ...(id && { id }), function: { name, arguments: args } });
const callItem = (call_id: string, name: string, args: object) => ({
  type: 'function_call',
  call_id,
  name,
  arguments: JSON.stringify(args),
});
const outputItem = (call_id: string, output: unknown) => ({ type: 'function_call_output', call_id, output });

const conversations: [title: string, messages: object[], items: object[]][] = [
  [
    'system and assistant texts',
    [{ role: 'system', content: 'Be brief.' }, hello, { role: 'assistant', content: 'Hi.', thinking: 'hm' }, hello],
    [
      item('developer', input('Be brief.')),
      helloItem,
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
      item('assistant', { type: 'output_text', text: 'Hi.' }),
      helloItem,
    ],
  ],
  [
    'images of each kind, known by how they begin',
    [{ role: 'user', content: 'See', images: [png, jpeg, gif, webp, `data:image/png;base64,${png}`] }],
    [
      item(
        'user',
        input('See'),
        image('png', png),
        image('jpeg', jpeg),
        image('gif', gif),
        image('webp', webp),
        image('png', png),
      ),
    ],
  ],
  [
    'an image without a text, its base64 in lines',
    [{ role: 'user', content: '', images: [`${png.slice(0, 60)}\n${png.slice(60)}\n`] }],
    [item('user', image('png', png))],
  ],
  [
    'calls with ids, answered by id in another order',
    [
      hello,
      { role: 'assistant', content: '', tool_calls: [call('f', { a: 1 }, 'call_a'), call('f', { a: 2 }, 'call_b')] },
      { role: 'tool', content: 'two', tool_call_id: 'call_b' },
      { role: 'tool', content: 'one', tool_call_id: 'call_a', tool_name: 'f' },
    ],
    [
      helloItem,
      callItem('call_a', 'f', { a: 1 }),
      callItem('call_b', 'f', { a: 2 }),
      outputItem('call_b', 'two'),
      outputItem('call_a', 'one'),
    ],
  ],
  [
    'calls without ids, answered by name, the oldest first',
    [
      hello,
      { role: 'assistant', content: null, tool_calls: [call('f', { a: 1 }), call('g', {}), call('f', { a: 2 })] },
      { role: 'tool', content: 'g', tool_name: 'g' },
      { role: 'tool', content: 'one', tool_name: 'f' },
      { role: 'tool', content: 'two', name: 'f' },
    ],
    [
      helloItem,
      callItem('call_1_0', 'f', { a: 1 }),
      callItem('call_1_1', 'g', {}),
      callItem('call_1_2', 'f', { a: 2 }),
      outputItem('call_1_1', 'g'),
      outputItem('call_1_0', 'one'),
      outputItem('call_1_2', 'two'),
    ],
  ],
  [
    'calls whose results name neither id nor tool, or a tool by another name',
    [
      hello,
      { role: 'assistant', tool_calls: [call('f', {}), { function: { name: 'g', arguments: '{"a":1}' } }] },
      { role: 'tool', content: 'first' },
      { role: 'tool', content: 'second', tool_name: 'functions.g' },
    ],
    [
      helloItem,
      callItem('call_1_0', 'f', {}),
      callItem('call_1_1', 'g', { a: 1 }),
      outputItem('call_1_0', 'first'),
      outputItem('call_1_1', 'second'),
    ],
  ],
  [
    'a result with an image',
    [
      hello,
      { role: 'assistant', tool_calls: [call('shot', {})] },
      { role: 'tool', content: 'see', tool_name: 'shot', images: [png] },
    ],
    [helloItem, callItem('call_1_0', 'shot', {}), outputItem('call_1_0', [input('see'), image('png', png)])],
  ],
];

for (const [title, messages, items] of conversations) {
  test(`messages: ${title}`, () => assert.deepEqual(toInput(...messages), items));
}

test('every result finds a call, however a conversation is mixed', () => {
  const names = ['f', 'g', 'h'];
  const turn = fc.array(fc.record({ name: fc.constantFrom(...names), hasId: fc.boolean(), says: fc.nat(2) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 5 }), (turns) => {
      let ids = 0;
      const messages = turns.flatMap((calls) => {
        const made = calls.map(({ name, hasId, says }) => ({ name, says, id: hasId ? `own_${ids++}` : undefined }));
        // Those that say least come last, so that they find what the others have left.
        const answered = made.toSorted((a, b) => b.says - a.says);
        return [
          { role: 'assistant', tool_calls: made.map(({ name, id }) => call(name, {}, id)) },
          ...answered.map(({ name, id, says }) => ({
            role: 'tool',
            content: name,
            ...(says === 2 && id && { tool_call_id: id }),
            ...(says >= 1 && { tool_name: name }),
          })),
        ];
      });
      const items = toInput(hello, ...messages) as { type: string; call_id: string }[];
      const idsOf = (type: string) => items.filter((each) => each.type === type).map(({ call_id }) => call_id);
      const called = idsOf('function_call');
      assert.equal(new Set(called).size, called.length, 'ids are unique');
      assert.deepEqual(idsOf('function_call_output').sort(), called.sort());
    }),
  );
});

test('tools', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } } };
  assert.deepEqual(
    extras({
      messages: [hello],
      tools: [
        { type: 'function', function: { name: 'f', description: 'F.', parameters } },
        { function: { name: 'g', parameters: { type: 'object' } } },
      ],
    }),
    {
      tools: [
        { type: 'function', name: 'f', description: 'F.', parameters, strict: false },
        { type: 'function', name: 'g', parameters: { type: 'object', properties: {} }, strict: false },
      ],
    },
  );
});

const parameterRows: [fields: object, expected: object][] = [
  [{ think: true }, { reasoning: { effort: 'medium' } }],
  [{ think: false }, { reasoning: { effort: 'none' } }],
  [{ think: 'high' }, { reasoning: { effort: 'high' } }],
  [{ think: 'max' }, { reasoning: { effort: 'max' } }],
  [{ format: 'json' }, { text: { format: { type: 'json_object' } } }],
  [{ format: '' }, {}],
  [
    { format: { type: 'object', properties: {} } },
    {
      text: {
        format: { type: 'json_schema', name: 'answer', schema: { type: 'object', properties: {} }, strict: false },
      },
    },
  ],
  [
    { options: { temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, presence_penalty: 1, frequency_penalty: -1 } },
    { temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, presence_penalty: 1, frequency_penalty: -1 },
  ],
  [{ options: { num_predict: 50, stop: ['A', 'B'] } }, { max_output_tokens: 50, stop: ['A', 'B'] }],
  [{ options: { num_predict: -1, stop: 'A' } }, { stop: ['A'] }],
  [{ options: { num_predict: -2, stop: [''] } }, {}],
  [{ options: { num_ctx: 4096, mirostat: 1 } }, { ignored: ['options.num_ctx', 'options.mirostat'] }],
  [{ options: { 'a\r\nb': 1, temperature: null } }, {}],
  [
    { logprobs: true, top_logprobs: 3 },
    { logprobs: true, top_logprobs: 3 },
  ],
  [{ logprobs: false, top_logprobs: 3 }, {}],
];

for (const [fields, expected] of parameterRows) {
  test(`parameters: ${JSON.stringify(fields)}`, () =>
    assert.deepEqual(extras({ messages: [hello], ...fields }), expected));
}

test('generate: a prompt, with a system text and images', () => {
  const { input: items } = translate('generate', { prompt: 'See', system: 'Be brief.', images: [gif] });
  assert.deepEqual(items, [item('developer', input('Be brief.')), item('user', input('See'), image('gif', gif))]);
});

test('generate: a suffix makes a gap to fill, `raw` a text to go on with', () => {
  const [first, gap] = translate('generate', { prompt: 'def f(', suffix: '):' }).input as { content: unknown }[];
  assert.match(JSON.stringify(first), /"developer".*gap/);
  assert.deepEqual(gap, item('user', input('<before>def f(</before><after>):</after>')));
  const [told, start] = translate('generate', { prompt: 'Once', raw: true }).input as { content: unknown }[];
  assert.match(JSON.stringify(told), /"developer".*what comes next/);
  assert.deepEqual(start, item('user', input('Once')));
});

test('generate: what is the model’s own matter here is named', () => {
  assert.deepEqual(translate('generate', { prompt: 'x', template: 't', context: [1, 2] }).ignored, [
    'template',
    'context',
  ]);
  assert.deepEqual(translate('generate', { prompt: 'x', template: '', context: [] }).ignored, []);
  assert.deepEqual(translate('generate', { prompt: 'x', width: 640, steps: 4 }).ignored, ['width', 'steps']);
});

test('a history that was cut anywhere is laid out as it is', () => {
  const calling = { role: 'assistant', tool_calls: [call('f', {})] };
  const calledBy = (index: number) => ({
    type: 'function_call',
    call_id: `call_${index}_0`,
    name: 'f',
    arguments: '{}',
  });
  const outputOf = (index: number, output: string) => ({
    type: 'function_call_output',
    call_id: `call_${index}_0`,
    output,
  });
  const told = (text: string) => item('user', input(`Output of the tool f:\n${text}`));
  const result = (content: string) => ({ role: 'tool', tool_name: 'f', content });

  assert.deepEqual(toInput(result('1'), hello), [told('1'), helloItem], 'an output without its call');
  assert.deepEqual(
    toInput(calling, hello, calling, result('2')),
    [calledBy(0), outputOf(0, ''), helloItem, calledBy(2), outputOf(2, '2')],
    'an output is of the message before it',
  );
  assert.deepEqual(toInput(hello, calling), [helloItem, calledBy(1), outputOf(1, '')], 'a call without its output');
  assert.deepEqual(
    toInput(calling, result('1'), result('2'), hello),
    [calledBy(0), outputOf(0, '1'), told('2'), helloItem],
    'two outputs of one call',
  );
  const named = { role: 'tool', tool_call_id: 'gone', content: 'x' };
  assert.deepEqual(toInput(named), [item('user', input('Output of the tool:\nx'))], 'an id that nothing has');
});

test('numbers beyond what other APIs take mean their end, or no limit', () => {
  const sampling = (options: object) => extras({ messages: [hello], options });
  assert.deepEqual(sampling({ top_k: -1, top_p: 0, temperature: -1 }), { temperature: 0 });
  assert.deepEqual(sampling({ top_k: 40, top_p: 1.5, temperature: 3 }), { top_k: 40, top_p: 1, temperature: 3 });
});

test('embed and embeddings', () => {
  const of = (kind: Kind, fields: object) => translate(kind, fields).embeddings;
  assert.deepEqual(of('embed', { input: 'a' }), { input: ['a'] });
  assert.deepEqual(of('embed', { input: ['a', 'b'], dimensions: 8 }), { input: ['a', 'b'], dimensions: 8 });
  assert.deepEqual(of('embeddings', { prompt: 'a' }), { input: ['a'] });
});

const refusals: [kind: Kind, fields: object, refusal: string][] = [
  ['chat', { messages: 'hi' }, 'messages: invalid_type'],
  ['chat', { messages: [{ content: 'hi' }] }, 'messages[0].role: missing_required_parameter'],
  ['chat', { messages: [{ role: 'robot', content: 'hi' }] }, 'messages[0].role: invalid_value'],
  ['chat', { messages: [{ role: 'user', content: ['hi'] }] }, 'messages[0].content: invalid_type'],
  ['chat', { messages: [{ role: 'user', images: ['hello'] }] }, 'messages[0].images[0]: invalid_value'],
  ['chat', { messages: [{ role: 'user', images: [1] }] }, 'messages[0].images[0]: invalid_type'],
  ['chat', { messages: [hello], think: 'a lot' }, 'think: invalid_value'],
  ['chat', { messages: [hello], format: 'xml' }, 'format: invalid_value'],
  ['chat', { messages: [hello], options: { num_predict: 'many' } }, 'options.num_predict: invalid_type'],
  ['chat', { messages: [hello], options: { temperature: 'hot' } }, 'options.temperature: invalid_type'],
  ['chat', { messages: [hello], tools: [{ type: 'function' }] }, 'tools[0].function: missing_required_parameter'],
  [
    'chat',
    { messages: [hello], tools: [{ type: 'retrieval', function: { name: 'f' } }] },
    'tools[0].type: tool_not_supported',
  ],
  ['chat', { model: '', messages: [hello] }, 'model: empty_string'],
  ['generate', { prompt: 1 }, 'prompt: invalid_type'],
  ['generate', { prompt: 'x', images: ['x'] }, 'images[0]: invalid_value'],
  ['embed', { input: [1] }, 'input[0]: invalid_type'],
  ['embed', { input: 'x', dimensions: 0 }, 'dimensions: integer_below_min_value'],
];

for (const [kind, fields, expected] of refusals) {
  test(`${kind} refuses ${JSON.stringify(fields)}`, () => {
    assert.equal(refusal(kind, fields), expected);
  });
}

test('whatever a body holds, it is taken or refused', () => {
  const fields = fc.dictionary(
    fc.constantFrom(
      ...Object.keys({ ...ollamaChat.schema.properties, ...ollamaGenerate.schema.properties, input: 0, extra: 0 }),
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.constant([hello]),
      fc.array(
        fc.record(
          {
            role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
            content: fc.oneof(fc.string(), fc.jsonValue()),
            tool_calls: fc.array(fc.record({ function: fc.record({ name: fc.string(), arguments: fc.jsonValue() }) })),
            tool_name: fc.string(),
            images: fc.array(fc.string()),
          },
          { requiredKeys: ['role'] },
        ),
      ),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(apis) as Kind[])), fields, (kind, body) => {
      refusal(kind, body);
    }),
    { numRuns: 500 },
  );
});
