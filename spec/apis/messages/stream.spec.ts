/** Canonical events as Messages answers, streamed and not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import { type ScriptedItem, scriptAnswer } from '../../support/index.ts';
import {
  answerMessage,
  type MessagesOptions,
  showAll,
  streamMessage,
  streamMessageFailure,
  streamMessageWire,
} from '../../support/messages-answers.ts';
import { checkMessageStream, readMessageEvents } from '../../support/messages-checker.ts';
import { listAnswerFixtures, readFixture } from '../../support/response-events.ts';

function event(fields: object): CanonicalEvent {
  return fields as CanonicalEvent;
}

function completed(fields: object = {}): CanonicalEvent {
  return event({ type: 'response.completed', response: { status: 'completed', output: [], ...fields } });
}

function script(items: string | readonly ScriptedItem[]): CanonicalEvent[] {
  return scriptAnswer(items) as unknown as CanonicalEvent[];
}

const omitted: MessagesOptions = { ...showAll, thinking: { type: 'adaptive', display: 'omitted' } };

for (const fixture of listAnswerFixtures()) {
  for (const [name, options] of Object.entries({ plain: {}, 'showing all': showAll, 'thinking omitted': omitted })) {
    test(`${fixture}: streamed and whole answer are the same (${name})`, () => {
      const events = readFixture(fixture);
      assert.deepEqual(streamMessage(events, options).message, answerMessage(events, options));
    });
  }
}

test('a streamed answer, to the letter', () => {
  const delta = (text: string) =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
  const noTokens = '"input_tokens":9,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0';
  const tokens = '"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":6';
  assert.equal(
    streamMessageWire(readFixture('text')),
    [
      `event: message_start\ndata: {"type":"message_start","message":{"id":"msg_req7","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"diagnostics":null,"usage":{${noTokens}}}}\n\n`,
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      ...['The', ' tide', ' turns', ' at', ' noon', '.'].map(delta),
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
      `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{${tokens},"output_tokens_details":{"thinking_tokens":0}}}\n\n`,
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ].join(''),
  );
});

test('the input of a call is an object, whatever the upstream wrote, streamed and whole', () => {
  const forms: [written: string, input: object][] = [
    ['{"a":1}', { a: 1 }],
    [' {"a":"}\\""} ', { a: '}"' }],
    ['{"a":{"b":[1]}}{"a":2}', { a: { b: [1] } }],
    ['', {}],
    ['null', {}],
    ['ls -l', { input: 'ls -l' }],
    ['[1]', { input: '[1]' }],
    ["{'a': 1}", { input: "{'a': 1}" }],
    ['"{\\"a\\":1}"', { a: 1 }],
    ['"text"', { input: '"text"' }],
    ['{', { input: '{' }],
  ];
  for (const [written, input] of forms) {
    for (const size of [1, 3, 1000]) {
      const pieces = written.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '' };
      const events = [
        { type: 'response.output_item.added', output_index: 0, item },
        ...pieces.map((delta) => ({
          type: 'response.function_call_arguments.delta',
          output_index: 0,
          item_id: 'fc_1',
          delta,
        })),
        { type: 'response.output_item.done', output_index: 0, item: { ...item, arguments: written } },
      ].map(event);
      const { message } = streamMessage([...events, completed()]);
      assert.deepEqual((message.content[0] as { input: object }).input, input, written);
      assert.deepEqual((answerMessage([...events, completed()]).content[0] as { input: object }).input, input, written);
    }
  }
});

test('the usage counts what the cache held and took in apart', () => {
  const { usage } = answerMessage(readFixture('vendor-events-empty-output'));
  assert.deepEqual(usage, {
    input_tokens: 6,
    cache_creation_input_tokens: 4,
    cache_read_input_tokens: 8,
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  });
});

test('thinking is shown only to who asked for it', () => {
  const { content } = answerMessage(readFixture('reasoning-between-calls'));
  assert.deepEqual(
    content.map(({ type }) => type),
    ['text', 'tool_use'],
  );
});

test('thinking whose text is not wanted still has its signature', () => {
  const { content } = answerMessage(readFixture('reasoning-between-calls'), omitted);
  const thinking = { type: 'thinking', thinking: '', signature: 'opencompat.1.ZW5jcnlwdGVk' };
  assert.deepEqual(content, [
    thinking,
    { type: 'text', text: 'Looking.' },
    thinking,
    { type: 'tool_use', id: 'call_look_1', name: 'look', input: { at: 'sea' } },
  ]);
});

test('thinking that has nothing but its text keeps that in its signature where it is not shown', () => {
  const [block] = answerMessage(readFixture('raw-reasoning-text'), omitted).content;
  const text = Buffer.from('Two and two make four.').toString('base64');
  assert.deepEqual(block, { type: 'thinking', thinking: '', signature: `opencompat.2.${text}` });
});

test('parts of thinking are parted by a blank line, and the signature is the finished one', () => {
  const { content } = answerMessage(script([{ reasoning: ['One.', 'Two.'] }, { text: 'Three.' }]), showAll);
  assert.deepEqual(content[0], {
    type: 'thinking',
    thinking: 'One.\n\nTwo.',
    signature: 'opencompat.1.gAAAAAfake0',
  });
});

test('a search is shown to who offered it, with what it found', () => {
  const item = {
    type: 'web_search_call',
    id: 'ws-1.a',
    status: 'completed',
    action: {
      type: 'search',
      query: 'tides',
      sources: [{ type: 'url', url: 'https://tides.example' }, { type: 'api' }],
    },
  };
  const events = [event({ type: 'response.output_item.done', output_index: 0, item }), completed()];
  const { content, usage } = streamMessage(events, showAll).message;
  assert.deepEqual(content, [
    { type: 'server_tool_use', id: 'srvtoolu_ws_1_a', name: 'web_search', input: { query: 'tides' } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_ws_1_a',
      content: [
        {
          type: 'web_search_result',
          url: 'https://tides.example',
          title: 'https://tides.example',
          encrypted_content: '',
          page_age: null,
        },
      ],
    },
  ]);
  assert.deepEqual(usage.server_tool_use, { web_search_requests: 1, web_fetch_requests: 0 });
  assert.deepEqual(answerMessage(events).content, []);

  const failed = [
    event({ type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'failed' } }),
    completed(),
  ];
  assert.deepEqual(streamMessage(failed, showAll).message.content[1]?.content, {
    type: 'web_search_tool_result_error',
    error_code: 'unavailable',
  });
});

test('the stop sequence that ended the answer is told', () => {
  const events = [...script('Half').slice(0, -1), completed({ stop_sequence: 'END' })];
  const { stop_reason, stop_sequence } = streamMessage(events, { stop_sequences: ['END'] }).message;
  assert.deepEqual([stop_reason, stop_sequence], ['stop_sequence', 'END']);
});

test('a call whose input was cut off keeps what there is', () => {
  const item = { type: 'function_call', id: 'fc', call_id: 'call_1', name: 'f', arguments: '{"a": "b' };
  const events = [
    event({ type: 'response.output_item.done', output_index: 0, item }),
    event({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] },
    }),
  ];
  const { content, stop_reason } = answerMessage(events);
  assert.deepEqual(content[0]?.input, { input: '{"a": "b' });
  assert.equal(stop_reason, 'max_tokens');
});

test('items that come side by side become blocks one after the other', () => {
  const scripts: CanonicalEvent[][] = [
    script([{ reasoning: ['Think of it.'] }]),
    script([{ text: 'A first text.' }]),
    script([{ call: 'f', arguments: { a: 'bcdefghijklmnop' }, callId: 'call_1' }]),
    script([{ call: 'g', arguments: { z: 1 }, callId: 'call_2' }]),
    script([{ custom: 'h', input: 'free text', callId: 'call_3' }]),
  ];
  const items = scripts.map((events, output_index) =>
    events.filter((each) => 'output_index' in each).map((each) => ({ ...each, output_index })),
  );
  const inOrder = answerMessage([...items.flat(), completed()], showAll);
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat({ max: items.length - 1 })), (choices) => {
      const queues = items.map((queue) => [...queue]);
      const mixed: CanonicalEvent[] = [];
      for (const choice of choices) {
        const left = queues.filter(({ length }) => length > 0);
        if (left.length === 0) break;
        mixed.push(left[choice % left.length]!.shift()!);
      }
      mixed.push(completed());
      const { message } = streamMessage(mixed, showAll);
      assert.deepEqual(message, answerMessage(mixed, showAll));
      const byText = (blocks: readonly unknown[]) => blocks.map((block) => JSON.stringify(block)).sort();
      assert.deepEqual(byText(message.content), byText(inOrder.content));
    }),
  );
});

test('any events in any order make a stream that keeps the rules', () => {
  const all = listAnswerFixtures().flatMap((fixture) => readFixture(fixture).filter((each) => 'output_index' in each));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...all), { maxLength: 60 }),
      fc.constantFrom(showAll, omitted, {}),
      (events, options) => {
        const whole = [...events, completed()];
        const wire = streamMessageWire(whole, options);
        assert.deepEqual(checkMessageStream(wire).message, answerMessage(whole, options));
      },
    ),
    { numRuns: 500 },
  );
});

test('a failure in the stream is an event of its own', () => {
  const error = new OpenCompatError('OC_OVERLOADED', { reason: 'Too much to do.' });
  assert.deepEqual(readMessageEvents(streamMessageFailure(error.public)), [
    { type: 'error', error: { type: 'overloaded_error', message: 'Too much to do.' }, request_id: 'req_req7' },
  ]);
});
