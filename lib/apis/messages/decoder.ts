/** The Anthropic Messages API, as upstreams speak it: its stream → canonical events. */
import { type AnswerEnd, EventWriter, type OpenCall } from '../../canonical/event-writer.ts';
import type { CanonicalUsage } from '../../canonical/types.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { passCopilotUsage } from '../vendor-usage.ts';
import { keepThinking } from './kept-thinking.ts';

export const messagesUpstream: UpstreamApi = {
  name: 'messages',
  title: 'Messages',
  createDecoder: createMessagesDecoder,
  readUsage: ({ usage }) => toUsage(asObject(usage)),
  endMark: /"type"\s*:\s*"message_stop"/,
};

/** Longest text of a block that is gathered here (thinking, a server tool's input), in characters. */
const maxGatheredCharacters = 16 * 1024 * 1024;

/** Anthropic's error types and their codes in the canonical form. */
const errorCodes: Readonly<Record<string, string>> = {
  rate_limit_error: 'rate_limit_exceeded',
  overloaded_error: 'server_is_overloaded',
};

const incompleteReasons: Readonly<Record<string, AnswerEnd['incomplete']>> = {
  max_tokens: 'max_output_tokens',
  model_context_window_exceeded: 'max_output_tokens',
  refusal: 'content_filter',
};

/**
 * Takes the data of a stream's SSE events, or a whole message, and gives canonical events. The answer is complete at
 * `message_stop`; a stream that ends earlier was cut.
 * @throws SyntaxError for data that is not a JSON object, or whose fields are of the wrong types
 */
function createMessagesDecoder(options: DecoderOptions): StreamDecoder {
  const answer = new MessageAnswer(options);
  return {
    decode(data) {
      const event = asObject(JSON.parse(data));
      if (!event) throw new SyntaxError('an event that is not an object');
      answer.read(event);
    },
    end() {},
    decodeWhole(message) {
      if (!Array.isArray(message.content)) throw new SyntaxError('a message without content');
      answer.read({ type: 'message_start', message: { ...message, content: [] } });
      message.content.forEach((content_block: unknown, index: number) => {
        answer.read({ type: 'content_block_start', index, content_block });
        answer.read({ type: 'content_block_stop', index });
      });
      answer.read({ ...message, type: 'message_delta', delta: message });
      answer.read({ type: 'message_stop' });
    },
  };
}

/** A block that is being read; blocks do not overlap. */
type OpenBlock =
  | { kind: 'text'; start: number; citations: Json[] }
  | { kind: 'thinking'; thinking: string; signature: string }
  | { kind: 'call'; call: OpenCall; given: string; hasInput: boolean }
  | { kind: 'server'; use: Json; input: string }
  | { kind: 'other' };

class MessageAnswer {
  readonly #options: DecoderOptions;
  readonly #writer: EventWriter;
  readonly #end: AnswerEnd = {};
  #usage: Json = {};
  #open: OpenBlock | undefined;
  /** A server tool's call, until its result or another block comes. */
  #pendingUse: Json | undefined;
  #isOver = false;
  #gatheredCharacters = 0;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#writer = new EventWriter(options, options.onEvent);
  }

  read(event: Json): void {
    if (this.#isOver) return;
    switch (event.type) {
      case 'message_start':
        // Some proxies send a second one: it is ignored.
        this.#writer.begin();
        this.#noteUsage(asObject(event.message)?.usage);
        break;
      case 'content_block_start':
        this.#closeBlock();
        this.#openBlock(needObject(event.content_block, 'content_block'));
        break;
      case 'content_block_delta':
        this.#readDelta(needObject(event.delta, 'delta'));
        break;
      case 'content_block_stop':
        this.#closeBlock();
        break;
      case 'message_delta':
        this.#noteUsage(event.usage);
        this.#noteEnd(asObject(event.delta) ?? {});
        passCopilotUsage(event, this.#options);
        break;
      case 'message_stop':
        this.#finish();
        break;
      case 'error':
        this.#fail(event.error);
        break;
      // `ping`, and events that this version does not know.
    }
  }

  #fail(value: unknown): void {
    this.#isOver = true;
    const error = asObject(value) ?? { message: asText(value) };
    const code = errorCodes[asText(error.type) ?? ''];
    this.#options.onEvent({ type: 'error', error: { ...error, ...(code && { code }) } } as never);
  }

  #finish(): void {
    this.#closeBlock();
    this.#giveUse([]);
    this.#writer.begin();
    this.#isOver = true;
    this.#end.usage = toUsage(this.#usage);
    this.#writer.finish(this.#end);
  }

  #noteUsage(value: unknown): void {
    // The later usage counts, but may leave out fields of the first.
    for (const [key, count] of Object.entries(asObject(value) ?? {})) if (count !== null) this.#usage[key] = count;
  }

  #noteEnd({ stop_reason, stop_sequence }: Json): void {
    const reason = asText(stop_reason);
    if (reason && Object.hasOwn(incompleteReasons, reason)) this.#end.incomplete = incompleteReasons[reason];
    if (reason === 'stop_sequence') this.#end.stopSequence = asText(stop_sequence);
  }

  #openBlock(block: Json): void {
    const { type } = block;
    if (type !== 'web_search_tool_result' && !String(type).endsWith('_tool_result')) this.#giveUse([]);
    switch (type) {
      case 'text':
        this.#open = { kind: 'text', start: this.#writer.openTextLength, citations: [] };
        if (asText(block.text)) this.#writer.text(block.text as string);
        for (const citation of Array.isArray(block.citations) ? block.citations : []) this.#noteCitation(citation);
        break;
      case 'thinking':
        this.#open = { kind: 'thinking', thinking: '', signature: asText(block.signature) ?? '' };
        this.#think(asText(block.thinking) ?? '');
        break;
      case 'redacted_thinking':
        this.#open = { kind: 'other' };
        if (asText(block.data)) this.#writer.encryptedReasoning(keepThinking({ type, data: block.data }));
        break;
      case 'tool_use': {
        const name = asText(block.name);
        if (!name) throw new SyntaxError('a tool_use without a name');
        const id = asText(block.id) ?? `call_${this.#options.id}_${this.#writer.itemCount}`;
        const input = asObject(block.input);
        const given = input && Object.keys(input).length > 0 ? JSON.stringify(input) : '{}';
        this.#open = { kind: 'call', call: this.#writer.openCall('function_call', id, name), given, hasInput: false };
        break;
      }
      case 'server_tool_use': {
        const input = asObject(block.input);
        this.#open = {
          kind: 'server',
          use: block,
          input: input && Object.keys(input).length ? JSON.stringify(input) : '',
        };
        break;
      }
      default:
        this.#open = { kind: 'other' };
        if (String(type).endsWith('_tool_result')) this.#giveUse(readSources(block.content));
    }
  }

  #readDelta(delta: Json): void {
    const open = this.#open;
    switch (delta.type) {
      case 'text_delta':
        this.#writer.text(needText(delta.text, 'text'));
        break;
      case 'thinking_delta':
        this.#think(needText(delta.thinking, 'thinking'));
        break;
      case 'signature_delta':
        if (open?.kind === 'thinking') open.signature += needText(delta.signature, 'signature');
        break;
      case 'input_json_delta': {
        const piece = needText(delta.partial_json, 'partial_json');
        if (open?.kind === 'server') open.input += this.#gather(piece);
        if (open?.kind !== 'call' || piece === '') break;
        open.hasInput = true;
        this.#writer.callInput(open.call, piece);
        break;
      }
      case 'citations_delta':
        this.#noteCitation(delta.citation);
        break;
    }
  }

  #think(text: string): void {
    if (text === '') return;
    if (this.#open?.kind === 'thinking') this.#open.thinking += this.#gather(text);
    this.#writer.reasoning(text);
  }

  /** @throws SyntaxError for a block without end */
  #gather(text: string): string {
    this.#gatheredCharacters += text.length;
    if (this.#gatheredCharacters > maxGatheredCharacters) throw new SyntaxError('a block that is too long to be kept');
    return text;
  }

  #noteCitation(value: unknown): void {
    const citation = asObject(value);
    if (this.#open?.kind === 'text' && citation && asText(citation.url)) this.#open.citations.push(citation);
  }

  #closeBlock(): void {
    const open = this.#open;
    this.#open = undefined;
    switch (open?.kind) {
      case 'text':
        // A citation belongs to the whole block that it stands in.
        for (const { url, title } of open.citations) {
          this.#writer.annotate({
            type: 'url_citation',
            url: url as string,
            title: asText(title) ?? '',
            start_index: open.start,
            end_index: this.#writer.textLength,
          });
        }
        break;
      case 'thinking':
        if (open.signature) {
          const { thinking, signature } = open;
          this.#writer.encryptedReasoning(keepThinking({ type: 'thinking', thinking, signature }));
        }
        this.#writer.endReasoning();
        break;
      case 'call':
        if (!open.hasInput) this.#writer.callInput(open.call, open.given);
        this.#writer.closeCall(open.call);
        break;
      case 'server':
        this.#pendingUse = { ...open.use, input: parseObject(open.input) ?? {} };
        break;
    }
  }

  /** The finished call of a tool that ran upstream, if the canonical form has an item for it. */
  #giveUse(sources: readonly string[]): void {
    const use = this.#pendingUse;
    this.#pendingUse = undefined;
    if (!use) return;
    const input = asObject(use.input) ?? {};
    switch (use.name) {
      case 'web_search': {
        const query = asText(input.query) ?? '';
        const found = sources.map((url) => ({ type: 'url', url }));
        const action = { type: 'search', query, queries: [query], ...(found.length > 0 && { sources: found }) };
        this.#writer.hostedItem({ type: 'web_search_call', action });
        break;
      }
      case 'web_fetch':
        this.#writer.hostedItem({
          type: 'web_search_call',
          action: { type: 'open_page', url: asText(input.url) ?? null },
        });
        break;
      case 'code_execution':
      case 'bash_code_execution':
        this.#writer.hostedItem({
          type: 'code_interpreter_call',
          code: asText(input.code) ?? asText(input.command) ?? '',
          container_id: '',
          outputs: null,
        });
        break;
    }
  }
}

function needObject(value: unknown, field: string): Json {
  const object = asObject(value);
  if (!object) throw new SyntaxError(`an event whose '${field}' is of the wrong type`);
  return object;
}

function needText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new SyntaxError(`a delta whose '${field}' is of the wrong type`);
  return value;
}

function readSources(content: unknown): string[] {
  const results = Array.isArray(content) ? content : [];
  return results.map((result) => asText(asObject(result)?.url)).filter((url) => url !== undefined);
}

/** Anthropic's `input_tokens` exclude cached tokens. */
function toUsage(usage: Json | undefined): CanonicalUsage | undefined {
  if (!usage || (usage.input_tokens === undefined && usage.output_tokens === undefined)) return undefined;
  const cached = toCount(usage.cache_read_input_tokens);
  const written = toCount(usage.cache_creation_input_tokens);
  const input = toCount(usage.input_tokens) + cached + written;
  const output = toCount(usage.output_tokens);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, ...(written > 0 && { cache_write_tokens: written }) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: toCount(asObject(usage.output_tokens_details)?.thinking_tokens) },
    total_tokens: input + output,
  } as CanonicalUsage;
}

function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
