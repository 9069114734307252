/** A server that refuses something that a request can do without is asked again without it, from then on at once. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createBoxHarness, hello, post } from '../../support/box-harness.ts';

type Body = Record<string, unknown>;
type Settings = NonNullable<Parameters<typeof createBoxHarness>[1]>['settings'];

const setUp = (t: TestContext, settings: Settings = {}) =>
  createBoxHarness(t, { fake: { takes: 'everything' }, settings });

const openAi = (message: string, rest: object = {}) => ({ error: { message, type: 'invalid_request_error', ...rest } });

interface Case {
  /** Of the client's Chat Completions request. */
  asked: Body;
  status?: number;
  refusal: object | string;
  /** What of it is sent then. */
  sent: Body;
  ignored: string | null;
}

const tool = {
  type: 'function',
  function: { name: 'f', parameters: { type: 'object', properties: {} }, strict: true },
};
const { strict: _, ...bare } = tool.function;

/** In the words of servers that are in use. */
const cases: Record<string, Case> = {
  'OpenAI: parallel_tool_calls': {
    asked: { parallel_tool_calls: false, tools: [tool] },
    refusal: openAi("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", {
      param: 'parallel_tool_calls',
      code: 'unsupported_parameter',
    }),
    sent: { tools: [tool] },
    ignored: 'parallel_tool_calls',
  },
  'OpenAI: max_tokens': {
    asked: { max_tokens: 50 },
    refusal: openAi(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    ),
    sent: { max_completion_tokens: 50 },
    ignored: null,
  },
  'Mistral: max_completion_tokens, by FastAPI': {
    asked: { max_completion_tokens: 50 },
    status: 422,
    refusal: {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'max_completion_tokens'],
          msg: 'Extra inputs are not permitted',
          input: 50,
        },
      ],
    },
    sent: { max_tokens: 50 },
    ignored: null,
  },
  'vLLM: the words of an effort': {
    asked: { reasoning_effort: 'xhigh' },
    refusal: {
      object: 'error',
      message:
        "[{'type': 'literal_error', 'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low', 'medium' or 'high'\", 'input': 'xhigh'}]",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    sent: { reasoning_effort: 'high' },
    ignored: null,
  },
  'Groq: no effort but none and default': {
    asked: { reasoning_effort: 'medium' },
    refusal: openAi('`reasoning_effort` must be one of `none` or `default`', { param: 'reasoning_effort' }),
    sent: {},
    ignored: 'reasoning_effort',
  },
  'Ollama: a model that does not think': {
    asked: { reasoning_effort: 'low' },
    refusal: { error: '"gemma3:4b" does not support thinking' },
    sent: {},
    ignored: 'reasoning_effort',
  },
  'Gemini: a field that is not known': {
    asked: { seed: 7, frequency_penalty: 1 },
    refusal: [
      {
        error: {
          code: 400,
          message: 'Invalid JSON payload received. Unknown name "frequency_penalty": Cannot find field.',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
    sent: { seed: 7 },
    ignored: 'frequency_penalty',
  },
  'xAI: names in another spelling': {
    asked: { presence_penalty: 1 },
    refusal: {
      code: 'Client specified an invalid argument',
      error: 'Argument not supported on this model: presencePenalty',
    },
    sent: {},
    ignored: 'presence_penalty',
  },
  'Groq: a property': {
    asked: { logprobs: true },
    refusal: openAi("property 'logprobs' is unsupported"),
    sent: {},
    ignored: 'logprobs',
  },
  'DeepSeek: the developer role': {
    asked: { messages: [{ role: 'developer', content: 'Be brief.' }, ...hello] },
    status: 422,
    refusal:
      'Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool` at line 1 column 60',
    sent: { messages: [{ role: 'system', content: 'Be brief.' }, ...hello] },
    ignored: null,
  },
  'strict, where tools have no such switch': {
    asked: { tools: [tool] },
    refusal: openAi('tools[0].function.strict: Extra inputs are not permitted', { param: 'tools[0].function.strict' }),
    sent: { tools: [{ type: 'function', function: bare }] },
    ignored: null,
  },
  stream_options: {
    asked: { stream: true, stream_options: { include_usage: true } },
    refusal: openAi('Unrecognized request argument supplied: stream_options'),
    sent: { stream: true },
    ignored: 'stream_options',
  },
  'a template that takes instructions at the beginning only': {
    asked: { messages: [...hello, { role: 'system', content: 'Be brief.' }] },
    status: 500,
    refusal: { error: { code: 500, message: 'System message must be at the beginning.', type: 'server_error' } },
    sent: { messages: [{ role: 'user', content: 'Hello\n\nBe brief.' }] },
    ignored: null,
  },
  'a template without instructions': {
    asked: { messages: [{ role: 'system', content: 'Be brief.' }, ...hello] },
    refusal: openAi('System role not supported'),
    sent: { messages: [{ role: 'user', content: 'Be brief.\n\nHello' }] },
    ignored: null,
  },
  'reasoning in messages': {
    asked: { messages: [...hello, { role: 'assistant', content: 'Hi', reasoning_content: 'Hm.' }, ...hello] },
    refusal: openAi(
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
    ),
    sent: { messages: [...hello, { role: 'assistant', content: 'Hi' }, ...hello] },
    ignored: null,
  },
};

for (const [name, { asked, status = 400, refusal, sent, ignored }] of Object.entries(cases)) {
  test(`a body that is passed on: ${name}`, async (t) => {
    const h = await setUp(t);
    h.box.refuse(status, refusal, { 'content-type': 'application/json' });
    for (const requests of [2, 3]) {
      const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, ...asked });
      assert.equal(answer.status, 200, await answer.text());
      assert.equal(answer.headers.get('x-opencompat-ignored'), ignored);
      assert.deepEqual(h.box.last.body, { model: 'fake-model', messages: hello, ...sent });
      assert.equal(h.box.requests.length, requests, 'it is remembered');
    }
    // Of another model nothing has been said.
    await post(h, '/v1/chat/completions', { model: 'fake-small', messages: hello, ...asked });
    assert.deepEqual(h.box.last.body, { model: 'fake-small', messages: hello, ...asked });
  });
}

test('several refusals in a row, of a request that is translated', async (t) => {
  const h = await setUp(t);
  for (const field of ['stream_options', 'reasoning_effort', 'top_k']) {
    h.box.refuse(400, openAi(`Unknown parameter: '${field}'.`, { param: field, code: 'unknown_parameter' }));
  }
  const answer = await post(h, '/v1/messages', {
    model: 'fake-model',
    max_tokens: 4096,
    top_k: 5,
    thinking: { type: 'enabled', budget_tokens: 2048 },
    messages: hello,
  });
  assert.equal(answer.status, 200, await answer.text());
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'reasoning_effort, top_k');
  assert.deepEqual(h.box.last.body, { model: 'fake-model', messages: hello, max_tokens: 4096, stream: true });
  assert.equal(h.box.requests.length, 4);
});

test('what is the client’s own fault, or would be another question, stays a refusal', async (t) => {
  const h = await setUp(t);
  const refusals: [Body, object][] = [
    [
      { max_tokens: 100_000 },
      openAi('max_tokens is too large: 100000. This model supports at most 4096.', { param: 'max_tokens' }),
    ],
    [{ seed: 'x' }, openAi("Invalid type for 'seed': expected an integer.", { param: 'seed' })],
    [{ tools: [tool] }, openAi("Unsupported parameter: 'tools'", { param: 'tools', code: 'unsupported_parameter' })],
    [
      { response_format: { type: 'json_object' } },
      openAi("'response_format' is not supported", { param: 'response_format' }),
    ],
    [
      { metadata: { a: 'b' } },
      openAi("Unknown parameter: 'metadata.a'.", { param: 'metadata.a', code: 'unknown_parameter' }),
    ],
    // It was not in the request, so nothing is gained without it.
    [{}, openAi("Unsupported parameter: 'seed'", { param: 'seed', code: 'unsupported_parameter' })],
    [{ temperature: 1 }, openAi('The temperature of the user is not supported by this weather tool.')],
    [{ user: 'u' }, openAi("The role 'user' is not supported by this tool.")],
  ];
  for (const [asked, refusal] of refusals) {
    const before = h.box.requests.length;
    h.box.refuse(400, refusal);
    const answer = await post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, ...asked });
    assert.equal(answer.status, 400, JSON.stringify(refusal));
    assert.equal(h.box.requests.length, before + 1, JSON.stringify(refusal));
  }
});

test('tools of a body that is passed on: their schemas are repaired, their names mapped there and back', async (t) => {
  const h = await setUp(t);
  const named = {
    type: 'function',
    function: { name: 'files.read', parameters: { type: 'object', properties: { a: { type: 'array' } } } },
  };
  const ask = () => post(h, '/v1/chat/completions', { model: 'fake-model', messages: hello, tools: [named] });
  h.box.refuse(
    400,
    openAi("Invalid schema for function 'files.read': In context=('properties', 'a'), array schema missing items."),
  );
  assert.equal((await ask()).status, 200);
  const parameters = { type: 'object', properties: { a: { type: 'array', items: {} } } };
  assert.deepEqual(h.box.last.body.tools, [{ type: 'function', function: { name: 'files.read', parameters } }]);

  h.box.refuse(
    400,
    openAi(
      "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      { param: 'tools[0].function.name' },
    ),
  );
  const reply = () => {
    const { name } = (h.box.last.body as { tools: { function: { name: string } }[] }).tools[0]!.function;
    const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: '{}' } };
    h.box.reply([{ id: 'x', choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }] }]);
    return name;
  };
  assert.equal((await ask()).status, 200);
  assert.match(reply(), /^[\w-]{1,64}$/);
  const { choices } = (await (await ask()).json()) as {
    choices: { message: { tool_calls: { function: { name: string } }[] } }[];
  };
  assert.equal(choices[0]!.message.tool_calls[0]!.function.name, 'files.read');
});

test('who knows beforehand says it in the configuration', async (t) => {
  const h = await setUp(t, { omit: ['parallel_tool_calls', 'strict'], efforts: ['low', 'medium'] });
  await post(h, '/v1/chat/completions', {
    model: 'fake-model',
    messages: hello,
    tools: [tool],
    parallel_tool_calls: true,
    reasoning_effort: 'max',
  });
  const { tools, parallel_tool_calls: parallel, reasoning_effort: effort } = h.box.last.body;
  assert.deepEqual([tools, parallel, effort], [[{ type: 'function', function: bare }], undefined, 'medium']);
  const none = await setUp(t, { efforts: [] });
  const answer = await post(none, '/api/chat', { model: 'fake-model', messages: hello, think: true, stream: false });
  assert.equal(answer.headers.get('x-opencompat-ignored'), 'reasoning_effort');
  assert.equal(none.box.last.body.reasoning_effort, undefined);
});

test('names of tools that no server takes go there and come back', async (t) => {
  const h = await setUp(t);
  const name = `mcp.server/${'tool '.repeat(20)}`;
  const ask = (input: unknown) =>
    post(h, '/v1/responses', {
      model: 'fake-model',
      input,
      tools: [{ type: 'function', name, parameters: { type: 'object', properties: { a: { type: 'array' } } } }],
      tool_choice: { type: 'function', name },
    });
  await ask('Hello');
  const sent = h.box.last.body as { tools: { function: { name: string; parameters: object } }[]; tool_choice: object };
  const mapped = sent.tools[0]!.function.name;
  assert.match(mapped, /^[\w-]{1,64}$/);
  assert.deepEqual(sent.tool_choice, { type: 'function', function: { name: mapped } });
  assert.deepEqual(sent.tools[0]!.function.parameters, {
    type: 'object',
    properties: { a: { type: 'array', items: {} } },
  });

  const call = { index: 0, id: 'call_1', type: 'function', function: { name: mapped, arguments: '{}' } };
  const chunk = (delta: object, finish: string | null) => ({
    id: 'x',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  h.box.reply([chunk({ tool_calls: [call] }, null), chunk({}, 'tool_calls')]);
  const { output } = (await (await ask('Hello')).json()) as { output: { name: string }[] };
  assert.equal(output[0]!.name, name);
  await ask([
    { role: 'user', content: 'Hello' },
    ...output,
    { type: 'function_call_output', call_id: 'call_1', output: '1' },
  ]);
  const { messages } = h.box.last.body as { messages: { tool_calls?: { function: { name: string } }[] }[] };
  assert.equal(messages[1]!.tool_calls![0]!.function.name, mapped);
});

test('Mistral: a user behind the output of a tool; the assistant says a word between them, from then on at once', async (t) => {
  const refusals = [
    { object: 'error', message: "Unexpected role 'user' after role 'tool'", type: 'invalid_request_message_order' },
    openAi('After the optional system message, conversation roles must alternate user/assistant/user/assistant/...'),
  ];
  const called = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const chat = {
    model: 'fake-model',
    messages: [
      ...hello,
      { role: 'assistant', content: null, tool_calls: [called] },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
      { role: 'user', content: 'And now?' },
    ],
  };
  const messages = {
    model: 'fake-model',
    max_tokens: 9,
    messages: [
      ...hello,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: '1' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ],
  };
  for (const refusal of refusals) {
    for (const [path, body] of [
      ['/v1/chat/completions', chat],
      ['/v1/messages', messages],
    ] as const) {
      const h = await setUp(t);
      h.box.refuse(400, refusal);
      for (const requests of [2, 3]) {
        const answer = await post(h, path, body);
        assert.equal(answer.status, 200, await answer.text());
        assert.equal(h.box.requests.length, requests);
        const roles = (h.box.last.body.messages as { role: string }[]).map(({ role }) => role);
        assert.deepEqual(roles, ['user', 'assistant', 'tool', 'assistant', 'user'], path);
      }
    }
  }
});

test('what a client has the server say of a field counts for nobody else', async (t) => {
  const h = await setUp(t);
  const echoing = openAi("Invalid name: 'x'. Unknown parameter: 'seed'", { param: 'seed' });
  const ask = (path: string) =>
    post(h, path, { model: 'fake-model', stream: false, seed: 7, options: { seed: 7 }, messages: hello });
  for (const path of ['/v1/chat/completions', '/api/chat']) {
    // Its fault is still there without the field.
    h.box.refuse(400, echoing).refuse(400, echoing);
    assert.equal((await ask(path)).status, 400);
    assert.equal(h.box.last.body.seed, undefined);
    const answer = await ask(path);
    assert.equal(answer.status, 200);
    assert.equal(h.box.last.body.seed, 7);
  }
  h.box.refuse(400, echoing);
  const learned = await ask('/v1/chat/completions');
  assert.match(learned.headers.get('x-opencompat-ignored') ?? '', /seed/);
  await ask('/v1/chat/completions');
  assert.equal(h.box.last.body.seed, undefined);
});
