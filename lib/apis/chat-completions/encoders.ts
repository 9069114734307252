/** The two forms of an answer: `chat.completion.chunk`s as server-sent events, or one `chat.completion`. */
import type { CanonicalEvent, CanonicalResponse } from '../../canonical/types.ts';
import { type AnswerContext, type AnswerEncoder, type StreamEncoder, sseKeepalive } from '../api.ts';
import type {
  ChatDelta,
  ChoiceLogprobs,
  DeltaSink,
  FinishReason,
  ReasoningDetail,
  ToolCallDelta,
} from './answer-delta.ts';
import { ChoiceReducer, type ReducerOptions } from './choice-reducer.ts';
import { toErrorBody } from './error-body.ts';
import { isLegacyRequest, readReasoningCompat } from './request.ts';
import type { ChatRequest } from './schema.ts';
import { toChatUsage } from './usage.ts';

export function createStreamEncoder(body: ChatRequest, context: AnswerContext): StreamEncoder {
  const hasUsage = body.stream_options?.include_usage === true;
  const id = JSON.stringify(toAnswerId(context));
  const model = JSON.stringify(context.model);
  const head = `data: {"id":${id},"object":"chat.completion.chunk","created":${context.createdS},"model":${model}`;
  const options = toReducerOptions(body, context);
  const choices: StreamedChoice[] = [];

  return {
    encode(event, choice) {
      choices[choice] ??= new StreamedChoice(choice, head, hasUsage, options);
      return choices[choice].encode(event);
    },
    finish() {
      const responses = choices.map(({ response }) => response);
      const usage = hasUsage ? toChatUsage(responses.map((response) => response?.usage)) : undefined;
      if (!usage) return 'data: [DONE]\n\n';
      const tier = toTierField(responses.find((response) => response !== undefined));
      return `${head}${tier},"system_fingerprint":null,"choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`;
    },
    // Without `[DONE]`, which would mean that the answer is complete. SDKs raise on the error itself.
    fail: (error) => `data: ${JSON.stringify(toErrorBody(error, body))}\n\n`,
    keepalive: sseKeepalive,
  };
}

/** Writes the deltas of one choice between texts that are the same for the whole stream. */
class StreamedChoice implements DeltaSink {
  /** The terminal event's. */
  response: CanonicalResponse | undefined;
  readonly #reducer: ChoiceReducer;
  readonly #head: string;
  readonly #before: string;
  readonly #after: string;
  readonly #beforeContent: string;
  readonly #afterContent: string;
  readonly #usageField: string;
  readonly #index: number;
  #written = '';

  constructor(index: number, head: string, hasUsage: boolean, options: ReducerOptions) {
    this.#index = index;
    this.#head = head;
    this.#usageField = hasUsage ? ',"usage":null' : '';
    this.#before = `${head},"system_fingerprint":null,"choices":[{"index":${index},"delta":`;
    this.#after = `,"logprobs":null,"finish_reason":null}]${this.#usageField}}\n\n`;
    this.#beforeContent = `${this.#before}{"content":`;
    this.#afterContent = `}${this.#after}`;
    this.#reducer = new ChoiceReducer(this, options);
  }

  encode(event: CanonicalEvent): string {
    this.#written = '';
    this.#reducer.reduce(event);
    return this.#written;
  }

  content(text: string): void {
    this.#written += this.#beforeContent + JSON.stringify(text) + this.#afterContent;
  }

  scoredContent(text: string, logprobs: ChoiceLogprobs): void {
    const scored = `},"logprobs":${JSON.stringify(logprobs)},"finish_reason":null}]${this.#usageField}}\n\n`;
    this.#written += this.#beforeContent + JSON.stringify(text) + scored;
  }

  delta(delta: ChatDelta): void {
    this.#written += this.#before + JSON.stringify(delta) + this.#after;
  }

  finish(reason: FinishReason, response: CanonicalResponse): void {
    this.response = response;
    const choice = `{"index":${this.#index},"delta":{},"logprobs":null,"finish_reason":"${reason}"}`;
    this.#written += `${this.#head}${toTierField(response)},"system_fingerprint":null,"choices":[${choice}]${this.#usageField}}\n\n`;
  }
}

function toTierField(response: CanonicalResponse | undefined): string {
  return response?.service_tier ? `,"service_tier":${JSON.stringify(response.service_tier)}` : '';
}

export function createAnswerEncoder(body: ChatRequest, context: AnswerContext): AnswerEncoder {
  const options = toReducerOptions(body, context);
  const choices: CollectedChoice[] = [];

  return {
    add(event, choice) {
      choices[choice] ??= new CollectedChoice(options);
      choices[choice].reducer.reduce(event);
    },
    finish() {
      const responses = choices.map(({ response }) => response);
      const usage = toChatUsage(responses.map((response) => response?.usage));
      const tier = responses.find((response) => response !== undefined)?.service_tier;
      return {
        id: toAnswerId(context),
        object: 'chat.completion',
        created: context.createdS,
        model: context.model,
        choices: choices.map((choice, index) => ({
          index,
          message: choice.toMessage(),
          logprobs: choice.logprobs,
          finish_reason: choice.finishReason,
        })),
        ...(usage && { usage }),
        ...(tier && { service_tier: tier }),
        system_fingerprint: null,
      };
    },
  };
}

/** Adds the deltas of one choice up. */
class CollectedChoice implements DeltaSink {
  readonly reducer: ChoiceReducer;
  response: CanonicalResponse | undefined;
  finishReason: FinishReason | undefined;
  logprobs: ChoiceLogprobs | null = null;
  readonly #merged: ChatDelta & { content: string } = { content: '' };
  readonly #toolCalls: ToolCallDelta[] = [];

  constructor(options: ReducerOptions) {
    this.reducer = new ChoiceReducer(this, options);
  }

  content(text: string): void {
    this.#merged.content += text;
  }

  scoredContent(text: string, { content, refusal }: ChoiceLogprobs): void {
    this.#merged.content += text;
    this.logprobs ??= { content: [], refusal };
    for (const entry of content) this.logprobs.content.push(entry);
  }

  delta(delta: ChatDelta): void {
    const merged = this.#merged;
    if (delta.content) merged.content += delta.content;
    if (delta.refusal) merged.refusal = (merged.refusal ?? '') + delta.refusal;
    if (delta.reasoning_content) merged.reasoning_content = (merged.reasoning_content ?? '') + delta.reasoning_content;
    if (delta.reasoning_summary) merged.reasoning_summary = (merged.reasoning_summary ?? '') + delta.reasoning_summary;
    if (delta.reasoning) merged.reasoning = mergeReasoning(merged.reasoning, delta.reasoning);
    for (const detail of delta.reasoning_details ?? []) {
      merged.reasoning_details ??= [];
      mergeDetail(merged.reasoning_details, detail);
    }
    if (delta.annotations) merged.annotations = (merged.annotations ?? []).concat(delta.annotations);
    if (delta.images) merged.images = (merged.images ?? []).concat(delta.images);
    for (const call of delta.tool_calls ?? []) mergeToolCall(this.#toolCalls, call);
    if (delta.function_call) {
      merged.function_call ??= { name: delta.function_call.name, arguments: '' };
      merged.function_call.arguments += delta.function_call.arguments;
    }
  }

  finish(reason: FinishReason, response: CanonicalResponse): void {
    this.finishReason = reason;
    this.response = response;
  }

  toMessage(): object {
    const { content, refusal, annotations, ...others } = this.#merged;
    const hasOtherOutput = this.#toolCalls.length > 0 || others.function_call || refusal;
    return {
      role: 'assistant',
      content: content || (hasOtherOutput ? null : ''),
      refusal: refusal ?? null,
      annotations: annotations ?? [],
      ...others,
      ...(this.#toolCalls.length > 0 && {
        tool_calls: this.#toolCalls.map(({ index: _, ...call }) => call),
      }),
    };
  }
}

function mergeReasoning(merged: ChatDelta['reasoning'], delta: NonNullable<ChatDelta['reasoning']>) {
  if (typeof delta === 'string') return ((merged as string | undefined) ?? '') + delta;
  const before = (merged as typeof delta | undefined)?.content[0]?.text ?? '';
  return { content: [{ type: 'text' as const, text: before + (delta.content[0]?.text ?? '') }] };
}

function mergeDetail(details: ReasoningDetail[], detail: ReasoningDetail): void {
  const last = details.at(-1);
  if (last?.type === 'reasoning.summary' && detail.type === 'reasoning.summary') last.summary += detail.summary;
  else if (last?.type === 'reasoning.text' && detail.type === 'reasoning.text') last.text += detail.text;
  else details.push(detail);
}

function mergeToolCall(calls: ToolCallDelta[], delta: ToolCallDelta): void {
  const call = calls[delta.index];
  if (!call) {
    calls[delta.index] = delta;
    return;
  }
  if (call.function && delta.function) call.function.arguments += delta.function.arguments;
  if (call.custom && delta.custom) call.custom.input += delta.custom.input;
}

function toAnswerId({ id }: AnswerContext): string {
  return `chatcmpl-${id}`;
}

function toReducerOptions(body: ChatRequest, context: AnswerContext): ReducerOptions {
  return { reasoningCompat: readReasoningCompat(context), isLegacy: isLegacyRequest(body), hasServerState: true };
}
