/** Reads a stream of the Messages API as the strictest SDK does, and says what is wrong with it. */
import assert from 'node:assert/strict';

type Json = Record<string, unknown>;

export interface MergedMessage {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: Json[];
  stop_reason: string;
  stop_sequence: string | null;
  usage: Record<string, unknown>;
}

export interface CheckedStream {
  message: MergedMessage;
  /** The `type` of each event in order, pings left out. */
  types: string[];
}

const stopReasons = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'];

/** The keys that each kind of block starts with, and how it starts. */
const blockStarts: Record<string, (block: Json) => void> = {
  text: (block) => assert.deepEqual(block, { type: 'text', text: '' }),
  thinking: (block) => assert.deepEqual(block, { type: 'thinking', thinking: '', signature: '' }),
  tool_use: ({ id, name, input, ...rest }) => {
    assert.deepEqual([rest, input], [{ type: 'tool_use' }, {}]);
    assert.ok(typeof id === 'string' && id !== '' && typeof name === 'string' && name !== '');
  },
  server_tool_use: ({ id, ...rest }) => {
    assert.deepEqual(rest, { type: 'server_tool_use', name: 'web_search', input: {} });
    assert.match(id as string, /^srvtoolu_\w+$/);
  },
  web_search_tool_result: ({ tool_use_id, content, ...rest }) => {
    assert.deepEqual(rest, { type: 'web_search_tool_result' });
    assert.match(tool_use_id as string, /^srvtoolu_\w+$/);
    if (!Array.isArray(content)) {
      assert.deepEqual(content, { type: 'web_search_tool_result_error', error_code: 'unavailable' });
      return;
    }
    for (const { url, title, ...result } of content as Json[]) {
      assert.deepEqual(result, { type: 'web_search_result', encrypted_content: '', page_age: null });
      assert.ok(typeof url === 'string' && typeof title === 'string');
    }
  },
};

/** Which deltas a block takes, by its type: the field of the delta. */
const deltaFields: Record<string, Record<string, string>> = {
  text: { text_delta: 'text', citations_delta: 'citation' },
  thinking: { thinking_delta: 'thinking', signature_delta: 'signature' },
  tool_use: { input_json_delta: 'partial_json' },
  server_tool_use: { input_json_delta: 'partial_json' },
  web_search_tool_result: {},
};

/** The events of a stream, each with the data that its name promises. @throws AssertionError */
export function readMessageEvents(wire: string): Json[] {
  assert.ok(wire.endsWith('\n\n'), 'the stream ends with a blank line');
  return wire
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const [, name, data] = /^event: (\w+)\ndata: (\{[^\n]*\})$/.exec(block) ?? [];
      assert.ok(name && data, `an event line and a data line: ${block}`);
      const event = JSON.parse(data) as Json;
      assert.equal(event.type, name, block);
      return event;
    });
}

/**
 * @param wire the whole stream
 * @returns what an SDK adds the events up to
 * @throws AssertionError naming the event that breaks a rule
 */
export function checkMessageStream(wire: string): CheckedStream {
  const events = readMessageEvents(wire).filter(({ type }) => type !== 'ping');
  const types = events.map(({ type }) => type as string);
  const [start, ...rest] = events;
  assert.equal(start?.type, 'message_start', 'the first event');
  const message = checkStart(start.message as Json);
  assert.deepEqual(types.slice(-2), ['message_delta', 'message_stop'], 'the last events');
  assert.deepEqual(rest.pop(), { type: 'message_stop' });
  const end = rest.pop()!;

  const merger = new BlockMerger();
  for (const event of rest) merger.take(event);
  message.content = merger.finish();

  assert.deepEqual(Object.keys(end), ['type', 'delta', 'usage']);
  const { stop_reason, stop_sequence, ...others } = end.delta as Json;
  assert.deepEqual(others, {});
  assert.ok(stopReasons.includes(stop_reason as string), String(stop_reason));
  assert.equal(stop_sequence !== null, stop_reason === 'stop_sequence');
  const hasCalls = message.content.some(({ type }) => type === 'tool_use');
  if (stop_reason === 'tool_use') assert.ok(hasCalls, 'tool_use is there when the stop_reason says so');
  if (stop_reason === 'end_turn') assert.ok(!hasCalls, 'no tool_use behind an end_turn');
  checkUsage(end.usage as Json);
  return {
    message: {
      ...message,
      stop_reason: stop_reason as string,
      stop_sequence: stop_sequence as string,
      usage: end.usage as Json,
    },
    types,
  };
}

function checkStart({ usage, ...message }: Json): MergedMessage {
  assert.deepEqual(Object.keys(message).sort(), [
    ...['container', 'content', 'diagnostics', 'id', 'model', 'role', 'stop_details', 'stop_reason', 'stop_sequence'],
    'type',
  ]);
  const { id, model, diagnostics: _, ...rest } = message;
  const nothing = { stop_reason: null, stop_sequence: null, stop_details: null, container: null };
  assert.deepEqual(rest, { type: 'message', role: 'assistant', content: [], ...nothing });
  assert.match(id as string, /^msg_./);
  assert.equal(typeof model, 'string');
  checkUsage(usage as Json);
  return { ...message, usage } as unknown as MergedMessage;
}

function checkUsage(usage: Json): void {
  for (const key of ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']) {
    assert.ok(Number.isInteger(usage[key]) && (usage[key] as number) >= 0, key);
  }
}

/** Adds up blocks that come one after the other. */
class BlockMerger {
  readonly #content: Json[] = [];
  #open: Json | undefined;
  #input = '';
  #isSigned = false;

  take(event: Json): void {
    const told = JSON.stringify(event);
    switch (event.type) {
      case 'content_block_start': {
        assert.deepEqual(Object.keys(event), ['type', 'index', 'content_block'], told);
        assert.equal(this.#open, undefined, `blocks do not overlap: ${told}`);
        assert.equal(event.index, this.#content.length, `indexes are dense: ${told}`);
        const block = event.content_block as Json;
        const check = blockStarts[block.type as string];
        assert.ok(check, `a known type of block: ${told}`);
        check(block);
        this.#open = structuredClone(block);
        this.#input = '';
        this.#isSigned = false;
        break;
      }
      case 'content_block_delta':
        assert.deepEqual(Object.keys(event), ['type', 'index', 'delta'], told);
        this.#add(event, event.delta as Json, told);
        break;
      case 'content_block_stop':
        assert.deepEqual(event, { type: 'content_block_stop', index: this.#content.length }, told);
        this.#stop(told);
        break;
      default:
        assert.fail(`no such event here: ${told}`);
    }
  }

  #add(event: Json, delta: Json, told: string): void {
    const open = this.#open;
    assert.ok(open, `a delta is of the open block: ${told}`);
    assert.equal(event.index, this.#content.length, told);
    const field = deltaFields[open.type as string]![delta.type as string];
    assert.ok(field, `a delta that the block takes: ${told}`);
    assert.deepEqual(Object.keys(delta), ['type', field], told);
    assert.ok(!this.#isSigned, `the signature is the last: ${told}`);
    switch (delta.type) {
      case 'citations_delta':
        checkCitation(delta.citation as Json, told);
        open.citations = [...((open.citations as unknown[]) ?? []), delta.citation];
        break;
      case 'signature_delta':
        assert.notEqual(delta.signature, '', told);
        open.signature = delta.signature;
        this.#isSigned = true;
        break;
      case 'input_json_delta':
        this.#input += delta.partial_json as string;
        break;
      default:
        assert.ok(typeof delta[field] === 'string' && delta[field] !== '', `a delta says something: ${told}`);
        open[field] = (open[field] as string) + delta[field];
    }
  }

  #stop(told: string): void {
    const open = this.#open!;
    if (open.type === 'thinking') assert.ok(this.#isSigned, `thinking is signed: ${told}`);
    if (open.type === 'text') assert.notEqual(open.text, '', `no empty text: ${told}`);
    if (open.type === 'tool_use' || open.type === 'server_tool_use') open.input = readInput(this.#input);
    this.#content.push(open);
    this.#open = undefined;
  }

  finish(): Json[] {
    assert.equal(this.#open, undefined, 'every block is stopped');
    return this.#content;
  }
}

/** What the model wrote, where it is an object; else as text. */
function readInput(json: string): unknown {
  if (json === '') return {};
  try {
    const parsed = JSON.parse(json) as unknown;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Cut off.
  }
  return { input: json };
}

function checkCitation({ url, title, cited_text, ...rest }: Json, told: string): void {
  assert.deepEqual(rest, { type: 'web_search_result_location', encrypted_index: '' }, told);
  for (const text of [url, title, cited_text]) assert.equal(typeof text, 'string', told);
}
