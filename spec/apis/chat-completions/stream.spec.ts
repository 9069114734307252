/** Canonical events as Chat Completions answers, streamed and not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReasoningCompat } from '../../../lib/apis/api.ts';
import { type ChatRequest, chatCompletions } from '../../../lib/apis/chat-completions/index.ts';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import {
  answerChat,
  answerChoices,
  type ChoiceEvent,
  reasoningCompats,
  streamChat,
  streamFailure,
  streamWire,
  toChunks,
} from '../../support/chat-answers.ts';
import { checkChatStream } from '../../support/chat-chunk-checker.ts';
import { listAnswerFixtures, readFixture } from '../../support/response-events.ts';

const withUsage: Partial<ChatRequest> = { stream: true, stream_options: { include_usage: true } };
const legacy: Partial<ChatRequest> = { functions: [{ name: 'check' }] };

function wireOf(fixture: string, body: Partial<ChatRequest> = {}): string {
  return streamWire(
    readFixture(fixture).map((event) => [event, 0]),
    { body },
  );
}

function deltasOf(fixture: string, body?: Partial<ChatRequest>): unknown[] {
  return toChunks(wireOf(fixture, body)).map(({ choices }) => (choices as { delta: unknown }[])[0]?.delta);
}

function messageOf(fixture: string, reasoningCompat?: ReasoningCompat): Record<string, unknown> {
  return answerChat(readFixture(fixture), { reasoningCompat }).choices[0]!.message;
}

function event(fields: object): CanonicalEvent {
  return fields as CanonicalEvent;
}

function textDelta(delta: string, place: { output_index?: number; content_index?: number } = {}): CanonicalEvent {
  return event({
    type: 'response.output_text.delta',
    item_id: 'm',
    output_index: 0,
    content_index: 0,
    delta,
    ...place,
  });
}

function completed(fields: object = {}): CanonicalEvent {
  return event({ type: 'response.completed', response: { status: 'completed', output: [], ...fields } });
}

for (const fixture of listAnswerFixtures()) {
  for (const reasoningCompat of reasoningCompats) {
    for (const body of [withUsage, { ...withUsage, ...legacy }]) {
      const form = 'functions' in body ? ', legacy' : '';
      test(`${fixture}: streamed and whole answer are the same (${reasoningCompat}${form})`, () => {
        const events = readFixture(fixture);
        const streamed = streamChat(events, { body, reasoningCompat });
        const whole = answerChat(events, { body, reasoningCompat });
        assert.deepEqual(streamed.choices, whole.choices);
        assert.deepEqual(streamed.usage, whole.usage);
        assert.deepEqual(
          [streamed.id, streamed.created, streamed.model, streamed.service_tier],
          [whole.id, whole.created, whole.model, whole.service_tier],
        );
      });
    }
  }
}

test('a streamed answer, to the letter', () => {
  const head = '"id":"chatcmpl-req7","object":"chat.completion.chunk","created":1800000000,"model":"gpt-5.5"';
  const chunk = (delta: string, reason = 'null', tier = '') =>
    `data: {${head}${tier},"system_fingerprint":null,"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
  assert.equal(
    wireOf('text'),
    [
      chunk('{"role":"assistant","content":""}'),
      ...['The', ' tide', ' turns', ' at', ' noon', '.'].map((text) => chunk(`{"content":"${text}"}`)),
      chunk('{}', '"stop"', ',"service_tier":"default"'),
      'data: [DONE]\n\n',
    ].join(''),
  );
});

test('a whole answer, to the letter', () => {
  assert.deepEqual(answerChat(readFixture('text')), {
    id: 'chatcmpl-req7',
    object: 'chat.completion',
    created: 1_800_000_000,
    model: 'gpt-5.5',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'The tide turns at noon.', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 6,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: 'default',
    system_fingerprint: null,
  });
});

test('the usage comes in a chunk of its own, and only there', () => {
  const chunks = toChunks(wireOf('vendor-events-empty-output', withUsage));
  const last = chunks.pop()!;
  assert.ok(chunks.every((chunk) => chunk.usage === null));
  assert.deepEqual(last.choices, []);
  assert.equal(last.service_tier, 'priority');
  assert.deepEqual(last.usage, {
    prompt_tokens: 18,
    completion_tokens: 9,
    total_tokens: 27,
    prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 4, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 4,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
  assert.ok(toChunks(wireOf('text')).every((chunk) => !('usage' in chunk)));
});

test('usage that the upstream does not tell is not made up', () => {
  assert.equal(streamChat(readFixture('empty-answer'), { body: withUsage }).usage, undefined);
  assert.ok(!('usage' in answerChat(readFixture('empty-answer'))));
});

test('parts of the usage that the upstream leaves out count as nothing', () => {
  const { usage } = answerChat([completed({ usage: { input_tokens: 3, output_tokens: 4 } })]);
  assert.equal(usage!.total_tokens, 7);
  assert.deepEqual(usage!.prompt_tokens_details, { cached_tokens: 0, audio_tokens: 0 });
});

test('tool calls are counted by themselves, whatever stands before them', () => {
  assert.deepEqual(deltasOf('reasoning-then-two-calls').slice(6), [
    { tool_calls: [{ index: 0, id: 'call_tide_1', type: 'function', function: { name: 'get_tide', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"port":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '"Bergen"}' } }] },
    { tool_calls: [{ index: 1, id: 'call_tide_2', type: 'function', function: { name: 'get_tide', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"port":"' } }] },
    { tool_calls: [{ index: 1, function: { arguments: 'Brest' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '"}' } }] },
    {},
  ]);
  const [choice] = answerChat(readFixture('reasoning-then-two-calls')).choices;
  assert.equal(choice!.message.content, null);
  assert.equal(choice!.finish_reason, 'tool_calls');
});

test('a custom tool call', () => {
  assert.deepEqual(messageOf('custom-tool').tool_calls, [
    {
      id: 'call_patch_1',
      type: 'custom',
      custom: { name: 'apply_patch', input: '*** Begin Patch\n+ "hi"\n*** End Patch' },
    },
  ]);
});

test('legacy requests get a function_call', () => {
  assert.deepEqual(deltasOf('text-then-call', legacy).slice(3), [
    { function_call: { name: 'check', arguments: '' } },
    { function_call: { arguments: '{}' } },
    {},
  ]);
  const [choice] = answerChat(readFixture('text-then-call'), { body: legacy }).choices;
  assert.deepEqual(choice!.message.function_call, { name: 'check', arguments: '{}' });
  assert.equal(choice!.finish_reason, 'function_call');
  const both = answerChat(readFixture('text-then-call'), { body: { ...legacy, tools: [{ type: 'function' }] } });
  assert.equal(both.choices[0]!.finish_reason, 'tool_calls');
});

const finishReasons: [fixture: string, reason: string][] = [
  ['text', 'stop'],
  ['refusal', 'stop'],
  ['custom-tool', 'tool_calls'],
  ['web-search-annotations', 'stop'],
  ['incomplete-max-output-tokens', 'length'],
  ['incomplete-content-filter', 'content_filter'],
  ['empty-answer', 'stop'],
];

for (const [fixture, reason] of finishReasons) {
  test(`${fixture} finishes with ${reason}`, () => {
    assert.equal(answerChat(readFixture(fixture)).choices[0]!.finish_reason, reason);
  });
}

test('a call that was cut off finishes with length', () => {
  const added = { type: 'function_call', call_id: 'call_a', name: 'f', arguments: '' };
  const [choice] = answerChat([
    event({ type: 'response.output_item.added', output_index: 0, item: added }),
    event({ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: null, output: [] } }),
  ]).choices;
  assert.equal(choice!.finish_reason, 'length');
});

test('a refusal has no content', () => {
  const { content, refusal } = messageOf('refusal');
  assert.deepEqual([content, refusal], [null, 'I cannot help with that.']);
});

test('an answer without output has empty content', () => {
  assert.equal(messageOf('empty-answer').content, '');
});

test('citations count from the start of the content', () => {
  const text = messageOf('phases').content as string;
  const [citation] = messageOf('phases').annotations as { url_citation: { start_index: number; end_index: number } }[];
  assert.equal(text.slice(citation!.url_citation.start_index, citation!.url_citation.end_index), 'It is nine metres.');
});

test('citations of pages are given, others are not', () => {
  const citations = messageOf('web-search-annotations').annotations as { url_citation: { url: string } }[];
  assert.deepEqual(
    citations.map(({ url_citation }) => url_citation.url),
    ['https://tides.example/bergen', 'https://harbour.example/'],
  );
});

test('images come as data URLs', () => {
  const [image] = messageOf('image-generation').images as { type: string; image_url: { url: string } }[];
  assert.equal(image!.type, 'image_url');
  assert.match(image!.image_url.url, /^data:image\/webp;base64,UklGR/);
  const item = { type: 'image_generation_call', id: 'ig', status: 'completed', result: 'AA==' };
  const bare = answerChat([event({ type: 'response.output_item.done', output_index: 0, item }), completed()]);
  assert.deepEqual(bare.choices[0]!.message.images, [
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
  ]);
});

const thought = 'Two cities are asked for.';
const thoughts = `${thought}\n\nSo two calls.`;
const reasoningForms: Record<ReasoningCompat, object> = {
  none: { content: null },
  'think-tags': { content: `<think>${thought}\nSo two calls.</think>` },
  o3: { content: null, reasoning: { content: [{ type: 'text', text: `${thought}\nSo two calls.` }] } },
  legacy: { content: null, reasoning_summary: thoughts, reasoning: thoughts },
  reasoning_content: { content: null, reasoning_content: thoughts },
  reasoning: {
    content: null,
    reasoning: thoughts,
    reasoning_details: [{ type: 'reasoning.summary', summary: thoughts }],
  },
};

for (const [mode, fields] of Object.entries(reasoningForms) as [ReasoningCompat, object][]) {
  test(`reasoning as ${mode}`, () => {
    const {
      role: _role,
      refusal: _refusal,
      annotations: _annotations,
      tool_calls: _calls,
      ...rest
    } = messageOf('reasoning-then-two-calls', mode);
    assert.deepEqual(rest, fields);
  });
}

test('the header chooses how reasoning is given, before the configuration', () => {
  const headers = { 'x-reasoning-compat': 'none' };
  const { message } = answerChat(readFixture('raw-reasoning-text'), { headers }).choices[0]!;
  assert.ok(!('reasoning_content' in message));
});

test('raw reasoning is told from a summary where there is a word for it', () => {
  assert.deepEqual(messageOf('raw-reasoning-text', 'reasoning').reasoning_details, [
    { type: 'reasoning.text', text: 'Two and two make four.' },
  ]);
});

test('think tags are closed before what follows, and opened again for later reasoning', () => {
  assert.equal(
    messageOf('reasoning-between-calls', 'think-tags').content,
    '<think>First look.</think>Looking.<think>Then think.\nAgain.</think>',
  );
});

test('think tags move citations along', () => {
  const events = [
    event({ type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'Hm' }),
    textDelta('See here.', { output_index: 1 }),
    event({
      type: 'response.output_text.annotation.added',
      ...{ output_index: 1, content_index: 0 },
      annotation: { type: 'url_citation', start_index: 4, end_index: 8, url: 'https://a.example', title: 'A' },
    }),
    completed(),
  ];
  const { message } = answerChat(events, { reasoningCompat: 'think-tags' }).choices[0]!;
  const [citation] = message.annotations as { url_citation: { start_index: number; end_index: number } }[];
  const { start_index, end_index } = citation!.url_citation;
  assert.equal((message.content as string).slice(start_index, end_index), 'here');
});

test('nothing is sent before the model says something', () => {
  const events = readFixture('text').slice(0, 4);
  assert.deepEqual(events.map(({ type }) => type).slice(0, 2), ['response.created', 'response.in_progress']);
  assert.equal(streamWire(events.map((each) => [each, 0])), 'data: [DONE]\n\n');
});

test('events behind the end change nothing', () => {
  const events = [textDelta('a'), completed(), textDelta('b'), completed()];
  assert.equal(streamChat(events).choices[0]!.message.content, 'a');
});

test('a call whose name comes late is given when it is known', () => {
  const item = { type: 'function_call', call_id: 'call_a', name: 'late', arguments: '{"x":1}' };
  const events = [
    event({ type: 'response.output_item.added', output_index: 0, item: { type: 'function_call' } }),
    event({ type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"x":1}' }),
    event({ type: 'response.output_item.done', output_index: 0, item }),
    completed(),
  ];
  assert.deepEqual(streamChat(events).choices[0]!.message.tool_calls, [
    { id: 'call_a', type: 'function', function: { name: 'late', arguments: '{"x":1}' } },
  ]);
});

test('what was streamed does not come again with the terminal event', () => {
  const message = { type: 'message', content: [{ type: 'output_text', text: 'a', annotations: [] }] };
  const call = { type: 'function_call', call_id: 'call_b', name: 'f', arguments: '{}' };
  // The message streamed at another place than it has in the list; the call did not stream at all.
  const events = [textDelta('a', { output_index: 7 }), completed({ output: [message, call] })];
  const [choice] = streamChat(events).choices;
  assert.equal(choice!.message.content, 'a');
  assert.equal((choice!.message.tool_calls as unknown[]).length, 1);
});

test('several choices are told apart by their index, and the prompt counts once', () => {
  const usage = {
    input_tokens: 10,
    output_tokens: 3,
    total_tokens: 13,
    output_tokens_details: { reasoning_tokens: 1 },
  };
  const events: ChoiceEvent[] = [
    [textDelta('c1'), 1],
    [textDelta('c0'), 0],
    [completed({ usage: { ...usage, output_tokens: 5 } }), 1],
    [completed({ usage }), 0],
  ];
  const streamed = checkChatStream(streamWire(events, { body: withUsage }), { hasUsage: true, choices: 2 });
  const whole = answerChoices(events);
  assert.deepEqual(streamed.choices, whole.choices);
  assert.deepEqual(streamed.usage, whole.usage);
  assert.deepEqual(
    whole.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, 'c0'],
      [1, 'c1'],
    ],
  );
  const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details } = whole.usage!;
  assert.deepEqual([prompt_tokens, completion_tokens, total_tokens], [10, 8, 18]);
  assert.equal((completion_tokens_details as { reasoning_tokens: number }).reasoning_tokens, 2);
});

/** Any text, also half characters: a delta may end inside one. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

test('text deltas of any kind and number add up to the same text', () => {
  fc.assert(
    fc.property(fc.array(anyText), (deltas) => {
      const events = [...deltas.map((delta) => textDelta(delta)), completed()];
      assert.equal(streamChat(events).choices[0]!.message.content, deltas.join(''));
      assert.equal(answerChat(events).choices[0]!.message.content, deltas.join(''));
    }),
  );
});

const anyEvent: fc.Arbitrary<CanonicalEvent> = fc
  .record({
    output_index: fc.nat(3),
    content_index: fc.nat(2),
    summary_index: fc.nat(2),
    delta: anyText,
    text: anyText,
    refusal: anyText,
    arguments: anyText,
    kind: fc.constantFrom('message', 'reasoning', 'function_call', 'custom_tool_call', 'web_search_call'),
    type: fc.constantFrom(
      ...['output_text.delta', 'output_text.done', 'refusal.delta', 'refusal.done', 'reasoning_text.delta'],
      ...['reasoning_summary_text.delta', 'reasoning_summary_text.done', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.added', 'output_item.done', 'unheard_of'],
    ),
  })
  .map(({ type, kind, ...fields }) => {
    const content = [{ type: 'output_text', text: fields.text, annotations: [] }];
    const input = {
      call_id: `call_${fields.output_index}`,
      name: 'f',
      arguments: fields.arguments,
      input: fields.text,
    };
    const summary = [{ type: 'summary_text', text: fields.text }];
    const item = { type: kind, ...input, ...(kind === 'message' && { content }), summary };
    return event({ type: `response.${type}`, ...fields, item });
  });

test('events in any order give a well-formed stream that says what the whole answer says', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 40 }),
      fc.constantFrom(...reasoningCompats),
      fc.boolean(),
      (events, reasoningCompat, isLegacy) => {
        const all = [...events, completed()];
        const options = { reasoningCompat, body: isLegacy ? { ...withUsage, ...legacy } : withUsage };
        assert.deepEqual(streamChat(all, options).choices, answerChat(all, options).choices);
      },
    ),
  );
});

test('errors, before the answer and inside it', () => {
  const error = { status: 429, message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' };
  const body = { error: { message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' } };
  assert.deepEqual(chatCompletions.errorBody(error, 'req7'), body);
  assert.equal(streamFailure(error), `data: ${JSON.stringify(body)}\n\n`);
  assert.deepEqual(chatCompletions.errorBody({ ...error, extra: { resets_at: 5 } }, 'req7'), {
    error: { ...body.error, resets_at: 5 },
  });
});
