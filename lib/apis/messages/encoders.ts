/** The two forms of an answer: server-sent events around content blocks, or one message. */
import { roughInputTokens } from '../../canonical/tokens.ts';
import type { AnswerContext, AnswerEncoder, StreamEncoder } from '../api.ts';
import type { BlockDelta, ContentBlock } from './blocks.ts';
import { toErrorBody } from './errors.ts';
import { type BlockSink, type MessageEnd, MessageReducer, type ReducerOptions } from './message-reducer.ts';
import { wantsThinking, wantsThinkingText } from './request.ts';
import type { MessagesRequest } from './schema.ts';
import { toInputObject } from './tool-input.ts';
import { noUsage, toMessagesUsage } from './usage.ts';

function toEvent(data: { type: string; [key: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
const messageStop = toEvent({ type: 'message_stop' });

export function createStreamEncoder(body: MessagesRequest, context: AnswerContext): StreamEncoder {
  const sink = new StreamedMessage(body, context);
  const reducer = new MessageReducer(sink, toReducerOptions(body, context));
  const kept = context.keepMessage && createAnswerEncoder(body, context);
  return {
    encode(event) {
      reducer.reduce(event);
      kept?.add(event, 0);
      return sink.take();
    },
    finish() {
      kept?.finish();
      return messageStop;
    },
    fail: (error) => `event: error\ndata: ${JSON.stringify(toErrorBody(error, context.id))}\n\n`,
    keepalive: ping,
  };
}

export function createAnswerEncoder(body: MessagesRequest, context: AnswerContext): AnswerEncoder {
  const sink = new CollectedMessage(body, context);
  const reducer = new MessageReducer(sink, toReducerOptions(body, context));
  return {
    add: (event) => reducer.reduce(event),
    finish() {
      context.keepMessage?.(sink.message);
      return sink.message;
    },
  };
}

function toReducerOptions(body: MessagesRequest, { request }: AnswerContext): ReducerOptions {
  return {
    hasThinking: wantsThinking(body),
    hasThinkingText: wantsThinkingText(body),
    hasWebSearch: request.tools?.some(({ type }) => type === 'web_search') ?? false,
    stopSequences: request.stop ?? [],
  };
}

function toEmptyMessage({ id, model }: AnswerContext, { diagnostics }: MessagesRequest) {
  return {
    id: `msg_${id}`,
    type: 'message' as const,
    role: 'assistant' as const,
    model,
    content: [] as ContentBlock[],
    stop_reason: null as string | null,
    stop_sequence: null as string | null,
    stop_details: null,
    container: null,
    // Anthropic's own word for a comparison that has no result yet.
    diagnostics: diagnostics ? { cache_miss_reason: null } : null,
    usage: noUsage,
  };
}

/** Writes blocks as events; a text delta goes between two texts that are the same for the whole block. */
class StreamedMessage implements BlockSink {
  #written: string;
  #index = -1;
  #beforeText = '';
  readonly #body: MessagesRequest;

  constructor(body: MessagesRequest, context: AnswerContext) {
    this.#body = body;
    // Editors read the size of the context from here alone; the end of the stream has the upstream's own count.
    const usage = { ...noUsage, input_tokens: roughInputTokens(context.request) };
    this.#written = toEvent({ type: 'message_start', message: { ...toEmptyMessage(context, body), usage } });
  }

  /** The text written since the last call. */
  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  start(block: ContentBlock): void {
    this.#index += 1;
    this.#beforeText = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{"type":"text_delta","text":`;
    this.#written += toEvent({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  text(text: string): void {
    this.#written += `${this.#beforeText + JSON.stringify(text)}}}\n\n`;
  }

  delta(delta: BlockDelta): void {
    this.#written += toEvent({ type: 'content_block_delta', index: this.#index, delta });
  }

  stop(): void {
    this.#written += toEvent({ type: 'content_block_stop', index: this.#index });
  }

  finish({ reason, stopSequence, response, webSearches }: MessageEnd): void {
    this.#written += toEvent({
      type: 'message_delta',
      delta: { stop_reason: reason, stop_sequence: stopSequence },
      usage: toMessagesUsage(response, { webSearches, speed: this.#body.speed }),
    });
  }
}

/** Adds the same blocks up. */
class CollectedMessage implements BlockSink {
  readonly message: ReturnType<typeof toEmptyMessage>;
  readonly #body: MessagesRequest;
  #input = '';

  constructor(body: MessagesRequest, context: AnswerContext) {
    this.#body = body;
    this.message = toEmptyMessage(context, body);
  }

  get #block(): ContentBlock {
    return this.message.content.at(-1)!;
  }

  start(block: ContentBlock): void {
    this.message.content.push(block);
    this.#input = '';
  }

  text(text: string): void {
    const block = this.#block;
    if (block.type === 'text') block.text += text;
  }

  delta(delta: BlockDelta): void {
    const block = this.#block;
    switch (delta.type) {
      case 'thinking_delta':
        if (block.type === 'thinking') block.thinking += delta.thinking;
        break;
      case 'signature_delta':
        if (block.type === 'thinking') block.signature = delta.signature;
        break;
      case 'input_json_delta':
        this.#input += delta.partial_json;
        break;
      case 'citations_delta':
        if (block.type !== 'text') break;
        block.citations ??= [];
        block.citations.push(delta.citation);
        break;
      default:
        delta satisfies never;
    }
  }

  stop(): void {
    const block = this.#block;
    if (block.type === 'tool_use' || block.type === 'server_tool_use') block.input = toInputObject(this.#input);
  }

  finish({ reason, stopSequence, response, webSearches }: MessageEnd): void {
    this.message.stop_reason = reason;
    this.message.stop_sequence = stopSequence;
    this.message.usage = toMessagesUsage(response, { webSearches, speed: this.#body.speed });
  }
}
