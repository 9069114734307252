/** The two forms of an answer: one object a line (NDJSON), or one object. */
import type { CanonicalEvent, CanonicalUsage } from '../../canonical/types.ts';
import { parseObject } from '../../lenient-json.ts';
import type { AnswerContext, AnswerEncoder, StreamEncoder } from '../api.ts';
import { toStatefulId } from '../call-id-state.ts';
import type {
  ChatDelta,
  ChoiceLogprobs,
  DeltaSink,
  FinishReason,
  ToolCallDelta,
} from '../chat-completions/answer-delta.ts';
import { ChoiceReducer } from '../chat-completions/choice-reducer.ts';
import { toCarriedState } from '../chat-completions/server-state.ts';
import { toErrorBody } from './error-body.ts';
import type { ChatBody, GenerateBody } from './schema.ts';

/** A piece of an answer. */
export interface Piece {
  content: string;
  thinking?: string;
  /** Base64. */
  images?: string[];
  tool_calls?: { id: string; function: { index: number; name: string; arguments: object } }[];
  /** Of the content's tokens. */
  logprobs?: ChoiceLogprobs['content'];
}

/** The fields of a piece in the answer to one kind of request, and those of the last piece only. */
export interface Wording {
  of(piece: Piece): object;
  readonly atEnd: object;
}

export const chatWording: Wording = {
  of: ({ logprobs, ...piece }) => ({ message: { role: 'assistant', ...piece }, ...(logprobs && { logprobs }) }),
  atEnd: {},
};

export const generateWording: Wording = {
  of: ({ content, images, ...rest }) => ({ response: content, ...rest, ...(images && { image: images[0] }) }),
  // The tokens of a conversation are not known here.
  atEnd: { context: [] },
};

/** A time as in RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339). @param ms Unix time in milliseconds */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** @returns nanoseconds */
function toNanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}

/**
 * The state of one answer: canonical events in, pieces out. Calls are sent whole, at the end, when all their arguments have
 * come.
 */
class Answer implements DeltaSink {
  readonly #context: AnswerContext;
  readonly #reducer: ChoiceReducer;
  readonly #give: (piece: Piece) => void;
  readonly #wantsLogprobs: boolean;
  readonly #calls: ToolCallDelta[] = [];
  /** What the server wants back beside its calls: their ids carry it. */
  readonly #states: string[] = [];
  #firstMs: number | undefined;
  #reason: FinishReason = 'stop';
  #usage: CanonicalUsage | null | undefined;

  constructor(body: ChatBody | GenerateBody, context: AnswerContext, give: (piece: Piece) => void) {
    this.#context = context;
    this.#wantsLogprobs = body.logprobs === true;
    this.#give = give;
    const reasoningCompat = body.think === false ? 'none' : 'reasoning_content';
    this.#reducer = new ChoiceReducer(this, { reasoningCompat, isLegacy: false, hasServerState: false });
  }

  take(event: CanonicalEvent): void {
    if (event.type === 'response.output_item.done' && event.item.type === 'reasoning') {
      const { encrypted_content: encrypted } = event.item;
      if (encrypted && toCarriedState(encrypted)) this.#states.push(encrypted);
    }
    this.#reducer.reduce(event);
  }

  content(content: string): void {
    this.#give({ content });
  }

  scoredContent(content: string, { content: logprobs }: ChoiceLogprobs): void {
    this.#give(this.#wantsLogprobs ? { content, logprobs } : { content });
  }

  delta({ refusal, reasoning_content: thinking, images, tool_calls = [] }: ChatDelta): void {
    this.#firstMs ??= this.#context.nowMs();
    if (refusal) this.#give({ content: refusal });
    if (thinking) this.#give({ content: '', thinking });
    if (images) this.#give({ content: '', images: images.map(({ image_url }) => image_url.url.replace(/^.*?,/, '')) });
    for (const call of tool_calls) this.#addToCall(call);
  }

  #addToCall(delta: ToolCallDelta): void {
    const call = this.#calls[delta.index];
    if (!call) this.#calls[delta.index] = delta;
    else if (call.function && delta.function) call.function.arguments += delta.function.arguments;
    else if (call.custom && delta.custom) call.custom.input += delta.custom.input;
  }

  finish(reason: FinishReason, { usage }: { usage?: CanonicalUsage | null }): void {
    this.#reason = reason;
    this.#usage = usage;
    const wasCut = reason === 'length' || reason === 'content_filter';
    const calls = this.#calls.flatMap((call) => toToolCall(call, wasCut) ?? []);
    if (calls.length === 0) return;
    const tool_calls = calls.map(({ id, ...call }, index) => ({
      id: toStatefulId(id, this.#states[index]),
      function: { index, ...call },
    }));
    this.#give({ content: '', tool_calls });
  }

  /** The last piece's facts about the whole answer. */
  closing(): object {
    const { receivedMs, nowMs } = this.#context;
    const endMs = nowMs();
    const firstMs = this.#firstMs ?? endMs;
    // Clients divide by durations, so all are above 0.
    return {
      done: true,
      done_reason: this.#reason === 'length' || this.#reason === 'content_filter' ? this.#reason : 'stop',
      total_duration: Math.max(1, toNanoseconds(endMs - receivedMs)),
      // Nothing is loaded: the model is always there.
      load_duration: 0,
      ...(this.#usage && { prompt_eval_count: this.#usage.input_tokens ?? 0 }),
      prompt_eval_duration: Math.max(1, toNanoseconds(firstMs - receivedMs)),
      ...(this.#usage && { eval_count: this.#usage.output_tokens ?? 0 }),
      eval_duration: Math.max(1, toNanoseconds(endMs - firstMs)),
    };
  }
}

/**
 * Undefined for a call that the answer's end has cut, since this API cannot mark arguments as incomplete. Other input than a
 * JSON object (the text of a custom tool) is wrapped in one.
 */
function toToolCall({ id = '', function: named, custom }: ToolCallDelta, wasCut: boolean) {
  const name = named?.name ?? custom?.name ?? '';
  const input = named?.arguments ?? custom?.input ?? '';
  const parsed = named && (input === '' ? {} : parseObject(input));
  if (parsed) return { id, name, arguments: parsed };
  return wasCut ? undefined : { id, name, arguments: { input } };
}

export function createLineEncoder(
  wording: Wording,
  body: ChatBody | GenerateBody,
  context: AnswerContext,
): StreamEncoder {
  const head = `{"model":${JSON.stringify(context.model)},"created_at":"`;
  let written = '';
  const answer = new Answer(body, context, (piece) => {
    written += toLine(piece);
  });

  function toLine(piece: Piece, closing: object = { done: false }): string {
    const fields = JSON.stringify({ ...wording.of(piece), ...closing });
    return `${head}${toTimestamp(context.nowMs())}",${fields.slice(1)}\n`;
  }

  return {
    encode(event) {
      written = '';
      answer.take(event);
      return written;
    },
    finish: () => toLine({ content: '' }, { ...answer.closing(), ...wording.atEnd }),
    fail: (error) => `${JSON.stringify(toErrorBody(error))}\n`,
    /** A keepalive: every line has to be JSON, so it is a piece without text. */
    get keepalive() {
      return toLine({ content: '' });
    },
  };
}

export function createObjectEncoder(
  wording: Wording,
  body: ChatBody | GenerateBody,
  context: AnswerContext,
): AnswerEncoder {
  const whole: Piece = { content: '' };
  const answer = new Answer(body, context, ({ content, thinking, images, tool_calls, logprobs }) => {
    whole.content += content;
    if (thinking) whole.thinking = (whole.thinking ?? '') + thinking;
    if (images) whole.images = [...(whole.images ?? []), ...images];
    if (tool_calls) whole.tool_calls = tool_calls;
    if (logprobs) {
      whole.logprobs ??= [];
      for (const entry of logprobs) whole.logprobs.push(entry);
    }
  });
  return {
    add: (event) => answer.take(event),
    finish: () => ({
      model: context.model,
      created_at: toTimestamp(context.nowMs()),
      ...wording.of(whole),
      ...answer.closing(),
      ...wording.atEnd,
    }),
  };
}
