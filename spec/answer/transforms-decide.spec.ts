/**
 * What a transform does to an answer is what the client gets: in every API, streamed and whole, wherever the upstream has
 * put its texts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { defineMiddleware, type EventTransform } from '../../lib/chain/middleware.ts';
import type { Json } from '../../lib/lenient-json.ts';
import { createHarness, type Harness } from '../support/index.ts';

type Kind = 'text' | 'reasoning' | 'arguments';
type Said = Record<Kind, string>;

const said: Said = { text: 'Original words', reasoning: 'Original thoughts', arguments: '{"from":"Original"}' };

const deltaTypes: Record<Kind, string> = {
  text: 'response.output_text.delta',
  reasoning: 'response.reasoning_summary_text.delta',
  arguments: 'response.function_call_arguments.delta',
};

// Where the upstream puts its texts: everything in front of the last is left out.
const places = ['delta', 'done', 'part', 'item', 'terminal'] as const;
type Place = (typeof places)[number];

/** Reasoning, a message and a call, whose texts first come at the place. */
function upstreamAnswer(first: Place): { type: string; [field: string]: unknown }[] {
  const has = (place: Place) => places.indexOf(place) >= places.indexOf(first);
  const textAt = (place: Place, text: string) => (has(place) ? text : '');
  const makeItems = (place: Place) => [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: textAt(place, said.reasoning) }] },
    {
      ...{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' },
      content: [{ type: 'output_text', text: textAt(place, said.text), annotations: [] }],
    },
    {
      ...{ type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'look', status: 'completed' },
      arguments: textAt(place, said.arguments),
    },
  ];
  const items = makeItems('item');
  const at = (output_index: number) => ({ output_index, item_id: items[output_index]!.id });
  const part = { type: 'output_text', text: textAt('part', said.text), annotations: [] };
  const summary = { type: 'summary_text', text: textAt('part', said.reasoning) };
  const events: { type: string; [field: string]: unknown }[] = [
    { type: 'response.output_item.added', output_index: 0, item: { ...items[0], summary: [] } },
    { type: deltaTypes.reasoning, ...at(0), summary_index: 0, delta: textAt('delta', said.reasoning) },
    { type: 'response.reasoning_summary_text.done', ...at(0), summary_index: 0, text: textAt('done', said.reasoning) },
    { type: 'response.reasoning_summary_part.done', ...at(0), summary_index: 0, part: summary },
    { type: 'response.output_item.done', output_index: 0, item: items[0] },
    { type: 'response.output_item.added', output_index: 1, item: { ...items[1], content: [] } },
    { type: deltaTypes.text, ...at(1), content_index: 0, delta: textAt('delta', said.text), logprobs: [] },
    { type: 'response.output_text.done', ...at(1), content_index: 0, text: textAt('done', said.text), logprobs: [] },
    { type: 'response.content_part.done', ...at(1), content_index: 0, part },
    { type: 'response.output_item.done', output_index: 1, item: items[1] },
    { type: 'response.output_item.added', output_index: 2, item: { ...items[2], arguments: '' } },
    { type: deltaTypes.arguments, ...at(2), delta: textAt('delta', said.arguments) },
    { type: 'response.function_call_arguments.done', ...at(2), arguments: textAt('done', said.arguments) },
    { type: 'response.output_item.done', output_index: 2, item: items[2] },
  ];
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const response = {
    id: 'resp_1',
    object: 'response',
    model: 'gpt-5.5',
    status: 'in_progress',
    output: [],
    usage: null,
  };
  return [
    { type: 'response.created', response },
    ...(first === 'terminal' ? [] : events),
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: makeItems('terminal'), usage },
    },
  ];
}

/** What a transform does to the deltas of a kind, and what becomes of the text. */
const edits: Record<string, { of(delta: string): string[]; text(text: string): string }> = {
  drops: { of: () => [], text: () => '' },
  empties: { of: () => [''], text: () => '' },
  doubles: { of: (delta) => [delta, delta], text: (text) => text + text },
  replaces: { of: () => ['{"new":1}'], text: () => '{"new":1}' },
};

function createEdit(kind: Kind, of: (delta: string) => string[]): EventTransform {
  return (event, emit) => {
    if (event.type !== deltaTypes[kind]) emit(event);
    else for (const delta of of((event as { delta: string }).delta)) emit({ ...event, delta } as CanonicalEvent);
  };
}

interface Api {
  path: string;
  body: object;
  kinds: readonly Kind[];
  /** Adds up what a client reads from the objects of a stream, or from the one body. */
  read(objects: Json[], isStreaming: boolean): Partial<Said>;
  /** Call input is given as an object. */
  hasParsedInput?: true;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of five APIs
type Any = any;
const join = (texts: (string | undefined | null)[]) => texts.map((text) => text ?? '').join('');
const tool = { name: 'look', parameters: { type: 'object', properties: {} } };
const hello = [{ role: 'user', content: 'Hello' }];

function readMessages(objects: Any[], isStreaming: boolean): Partial<Said> {
  if (!isStreaming) {
    const find = (type: string) => objects[0].content.find((block: Any) => block.type === type);
    const input = JSON.stringify(find('tool_use')?.input);
    return { text: find('text')?.text ?? '', reasoning: find('thinking')?.thinking ?? '', arguments: input };
  }
  const deltas = objects.filter(({ type }) => type === 'content_block_delta').map(({ delta }) => delta);
  return {
    text: join(deltas.map(({ text }) => text)),
    reasoning: join(deltas.map(({ thinking }) => thinking)),
    // Nothing is what SDKs take for an object without fields.
    arguments: join(deltas.map(({ partial_json }) => partial_json)) || '{}',
  };
}

function readResponse(objects: Any[], isStreaming: boolean): Partial<Said> {
  const { output } = isStreaming ? objects.at(-1).response : objects[0];
  const find = (type: string) => output.find((item: Any) => item.type === type);
  const whole = {
    text: join(find('message').content.map(({ text }: Any) => text)),
    reasoning: join(find('reasoning').summary.map(({ text }: Any) => text)),
    arguments: find('function_call').arguments,
  };
  if (isStreaming) {
    for (const kind of Object.keys(said) as Kind[]) {
      const deltas = objects.filter(({ type }) => type === deltaTypes[kind]).map(({ delta }) => delta);
      assert.equal(join(deltas), whole[kind], 'the deltas are what the terminal event holds');
    }
  }
  return whole;
}

const apis: Record<string, Api> = {
  'chat-completions': {
    path: '/v1/chat/completions',
    body: { messages: hello, tools: [{ type: 'function', function: tool }] },
    kinds: ['text', 'reasoning', 'arguments'],
    read(objects: Any[], isStreaming) {
      const choices = objects
        .flatMap(({ choices }) => choices)
        .map((choice) => (isStreaming ? choice.delta : choice.message));
      return {
        text: join(choices.map(({ content }) => content)),
        reasoning: join(choices.map(({ reasoning_content }) => reasoning_content)),
        arguments: join(
          choices.flatMap(({ tool_calls = [] }) => tool_calls.map((call: Any) => call.function.arguments)),
        ),
      };
    },
  },
  responses: {
    path: '/v1/responses',
    body: { input: 'Hello', tools: [{ type: 'function', ...tool, strict: false }] },
    kinds: ['text', 'reasoning', 'arguments'],
    read: readResponse,
  },
  completions: {
    path: '/v1/completions',
    body: { prompt: 'Hello' },
    kinds: ['text'],
    read: (objects: Any[]) => ({ text: join(objects.flatMap(({ choices }) => choices.map(({ text }: Any) => text))) }),
  },
  messages: {
    path: '/v1/messages',
    body: {
      ...{ messages: hello, max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 1024 } },
      tools: [{ name: 'look', input_schema: tool.parameters }],
    },
    kinds: ['text', 'reasoning', 'arguments'],
    hasParsedInput: true,
    read: readMessages,
  },
  ollama: {
    path: '/api/chat',
    body: { messages: hello, think: true, tools: [{ type: 'function', function: tool }] },
    kinds: ['text', 'reasoning', 'arguments'],
    hasParsedInput: true,
    read(objects: Any[]) {
      const pieces = objects.map(({ message }) => message).filter(Boolean);
      const calls = pieces.flatMap(({ tool_calls = [] }) => tool_calls);
      return {
        text: join(pieces.map(({ content }) => content)),
        reasoning: join(pieces.map(({ thinking }) => thinking)),
        arguments: JSON.stringify(calls[0]?.function.arguments),
      };
    },
  },
};

async function ask(h: Harness, { path, body }: Api, stream: boolean): Promise<string> {
  const headers = { 'content-type': 'application/json', 'x-reasoning-compat': 'reasoning_content' };
  const answer = await h.fetch(path, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ model: 'gpt-5.5', stream, ...body }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

function toObjects(text: string, isStreaming: boolean): Json[] {
  if (!isStreaming) return [JSON.parse(text)];
  const lines = text.split('\n').map((line) => line.replace(/^data: /, ''));
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** @param parsed is the input of calls given as an object */
function toShown(kind: Kind, text: string, parsed: boolean): string {
  if (kind !== 'arguments' || !parsed) return text;
  return text === '' ? '{}' : JSON.stringify(JSON.parse(text));
}

for (const [name, api] of Object.entries(apis)) {
  for (const isStreaming of [true, false]) {
    test(`${name}, ${isStreaming ? 'streamed' : 'whole'}: a transform decides what the client sees`, async (t) => {
      let transform: EventTransform = (event, emit) => emit(event);
      const plugin = defineMiddleware({
        name: 'edit',
        create: () => (req, _res, next) => {
          req.exchange.onEvent((event, emit, choice) => transform(event, emit, choice));
          next();
        },
      });
      const h = await createHarness(t, { plugins: [plugin] });
      const parsed = api.hasParsedInput === true;
      for (const place of places) {
        for (const edited of api.kinds) {
          for (const [verb, edit] of Object.entries(edits)) {
            // Twice the same object is no object.
            if (verb === 'doubles' && edited === 'arguments' && parsed) continue;
            transform = createEdit(edited, edit.of);
            h.upstream.reply(upstreamAnswer(place) as never);
            const text = await ask(h, api, isStreaming);
            const seen = api.read(toObjects(text, isStreaming), isStreaming);
            for (const kind of api.kinds) {
              const wanted = kind === edited ? edit.text(said[kind]) : said[kind];
              assert.equal(
                seen[kind],
                toShown(kind, wanted, parsed),
                `${verb} ${edited} first given in ${place}: ${kind}`,
              );
            }
            if (verb === 'doubles') continue;
            const leak = edited === 'arguments' ? 'from' : said[edited];
            assert.equal(text.includes(leak), false, `${verb} ${edited} first given in ${place}: it leaks`);
          }
        }
      }
    });
  }
}
