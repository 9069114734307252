/** The OpenAI Chat Completions API, as upstreams speak it: chunks → canonical events. */
import { type AnswerEnd, EventWriter, type UrlCitation } from '../../canonical/event-writer.ts';
import type { CanonicalEvent } from '../../canonical/types.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { toLogprobs } from '../responses/event-shape.ts';
import { SealedState } from './sealed-state.ts';
import { reasoningTextFields } from './server-state.ts';
import { ThinkTags } from './think-tags.ts';
import { ToolCallDeltas } from './tool-call-deltas.ts';
import { fromChatUsage } from './usage.ts';

export const chatUpstream: UpstreamApi = {
  name: 'chat-completions',
  title: 'Chat Completions',
  createDecoder: createChatDecoder,
  readUsage: findUsage,
};

/** Reasons for which an answer ends incomplete, by the servers' various words; any other reason means that it is complete. */
const incompleteReasons: Readonly<Record<string, AnswerEnd['incomplete']>> = {
  length: 'max_output_tokens',
  max_tokens: 'max_output_tokens',
  model_length: 'max_output_tokens',
  content_filter: 'content_filter',
  safety: 'content_filter',
};

/** Reasons that are failures, with the code that says so in the canonical form. */
const failures: Readonly<Record<string, string | undefined>> = {
  error: undefined,
  // DeepSeek's.
  insufficient_system_resource: 'server_is_overloaded',
};

/** Vendor keys in chunks without a choice and in the one with the usage, which the provider reads. */
const vendorKeys = [
  'copilot_quota_snapshots',
  'copilot_references',
  'copilot_confirmation',
  'copilot_errors',
  'copilot_usage',
] as const;

/**
 * Takes the data of a stream's SSE events, or a whole `chat.completion`, and gives canonical events. Lenient towards what
 * servers are known to leave out, to repeat and to misplace. The answer is complete at `[DONE]`, or at the end of a stream that
 * has sent a `finish_reason`; a stream that ends earlier was cut.
 * @throws SyntaxError for data that is not a JSON object, or whose fields are of the wrong types
 */
function createChatDecoder(options: DecoderOptions): StreamDecoder {
  const answer = new ChatAnswer(options);
  return {
    decode(data) {
      if (data.length < 16 && (data.trim() === '[DONE]' || data.trim() === '')) {
        if (data.trim() !== '') answer.finish();
        return;
      }
      const chunk = asObject(JSON.parse(data));
      if (!chunk) throw new SyntaxError('a chunk that is not an object');
      answer.read(chunk, false);
    },
    end() {
      if (answer.hasFinishReason) answer.finish();
    },
    decodeWhole(body) {
      const hasChoices = Array.isArray(body.choices) && body.choices.length > 0;
      if (!hasChoices && body.object !== 'error') throw new SyntaxError('an answer without choices');
      answer.read(body, true);
      answer.finish();
    },
  };
}

/** The state of an upstream's answer. */
class ChatAnswer {
  readonly #options: DecoderOptions;
  readonly #writer: EventWriter;
  readonly #think: ThinkTags;
  readonly #calls: ToolCallDeltas;
  readonly #end: AnswerEnd = {};
  readonly #sealed: SealedState;
  /** Is the state so far part of the open reasoning item? */
  #isSealed = false;
  #isOver = false;
  #hasDeltas = false;
  #hasReasoning = false;
  /** UTF-16 units of text so far, in all parts: servers count citations from the start of it. */
  #textLength = 0;
  hasFinishReason = false;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#writer = new EventWriter(options, options.onEvent);
    const { provider, model } = options;
    this.#sealed = new SealedState(options.id, provider === undefined ? undefined : { provider, model });
    this.#think = new ThinkTags({
      text: (delta) => this.#addText(delta),
      reasoning: (delta) => this.#writer.reasoning(delta),
    });
    this.#calls = new ToolCallDeltas(this.#writer, options.id);
  }

  read(chunk: Json, isWhole: boolean): void {
    if (this.#isOver) return;
    const { choices, error } = chunk;
    if (error || chunk.object === 'error') {
      this.#fail(error ?? chunk);
      return;
    }
    if (choices !== undefined && choices !== null && !Array.isArray(choices)) throw misshapen('choices');
    this.#writer.begin();
    if (chunk.usage || chunk.x_groq) this.#end.usage = findUsage(chunk) ?? this.#end.usage;
    if (chunk.service_tier) this.#end.serviceTier = asText(chunk.service_tier) ?? this.#end.serviceTier;
    if (!choices?.length || chunk.usage) this.#passVendorEvents(chunk);
    if (!choices?.length) return;
    // The request asked for one answer: several choices are parts of it (Copilot's Claude).
    for (const choice of choices) this.#readChoice(choice, isWhole);
  }

  finish(): void {
    if (this.#isOver || !this.#writer.hasBegun) return;
    this.#isOver = true;
    this.#think.flush();
    this.#calls.finish();
    this.#giveSealed();
    this.#writer.finish(this.#end);
  }

  #fail(error: unknown, code?: string): void {
    this.#isOver = true;
    this.#options.onEvent(toErrorEvent(error, code));
  }

  #passVendorEvents(chunk: Json): void {
    for (const key of vendorKeys) {
      if (chunk[key] !== undefined && chunk[key] !== null)
        this.#options.onVendorEvent({ type: key, [key]: chunk[key] } as { type: string });
    }
  }

  #readChoice(value: unknown, isWhole: boolean): void {
    const choice = asObject(value);
    if (!choice) throw misshapen('choices');
    const delta = this.#deltaOf(choice, isWhole);
    if (delta) this.#readDelta(delta, choice, isWhole);
    if (choice.usage) this.#end.usage = fromChatUsage(choice.usage) ?? this.#end.usage;
    if (choice.finish_reason) this.#noteFinish(choice.finish_reason, choice);
  }

  /** Some servers send `message` in streams too; after deltas it repeats the whole. */
  #deltaOf({ delta, message }: Json, isWhole: boolean): Json | undefined {
    const given = isWhole ? (message ?? delta) : (delta ?? (this.#hasDeltas ? undefined : message));
    if (given === undefined || given === null) return undefined;
    if (given === delta) this.#hasDeltas = true;
    const object = asObject(given);
    if (!object) throw misshapen('delta');
    return object;
  }

  #readDelta(delta: Json, choice: Json, isWhole: boolean): void {
    if (this.#isSealed && !this.#writer.isReasoning) {
      this.#isSealed = false;
      this.#sealed.reset();
    }
    const field = reasoningTextFields.find((name) => delta[name]);
    if (field) {
      this.#addReasoning(readReasoning(delta[field]));
      this.#sealed.noteText(field);
    }
    if (delta.reasoning_details) this.#readDetails(delta.reasoning_details, field === undefined);
    if (delta.reasoning_opaque) this.#sealed.noteOpaque(delta.reasoning_opaque);
    this.#sealed.noteMessage(delta);
    if (this.#writer.isReasoning) this.#giveSealed();

    const { content } = delta;
    if (typeof content === 'string') {
      if (choice.logprobs) this.#addScoredText(content, choice.logprobs);
      else if (content !== '') this.#addContent(content);
    } else if (Array.isArray(content)) {
      for (const part of content) this.#readPart(part);
    } else if (content !== undefined && content !== null) {
      throw misshapen('content');
    }

    if (delta.refusal) this.#addRefusal(delta.refusal);
    if (delta.annotations) for (const annotation of listOf(delta.annotations)) this.#addAnnotation(annotation);
    if (delta.images) for (const image of listOf(delta.images)) this.#addImage(image);
    if (delta.tool_calls) {
      this.#think.flush();
      const calls = listOf(delta.tool_calls).map((call) => this.#sealed.noteCall(call, this.#calls));
      this.#giveSealed();
      for (const call of calls) this.#calls.read(call, isWhole);
    }
    if (delta.function_call) {
      this.#think.flush();
      this.#calls.readLegacy(delta.function_call, isWhole);
    }
  }

  #addReasoning(text: string): void {
    if (text === '') return;
    this.#hasReasoning = true;
    this.#writer.reasoning(text);
  }

  #addContent(text: string): void {
    if (this.#think.isOver) {
      this.#addText(text);
    } else if (this.#hasReasoning) {
      // A server with a reasoning field leaves no reasoning in the text.
      this.#think.flush();
      this.#addText(text);
    } else {
      this.#think.read(text);
    }
  }

  #addText(text: string): void {
    if (!this.#calls.isEmpty) this.#calls.closeComplete();
    this.#textLength += text.length;
    this.#writer.text(text);
  }

  /** Log probabilities belong to the text that they came with, so the text is taken unchanged. */
  #addScoredText(text: string, value: unknown): void {
    const logprobs = toLogprobs(asObject(value)?.content);
    if (logprobs.length === 0) {
      if (text !== '') this.#addContent(text);
      return;
    }
    this.#think.flush();
    this.#textLength += text.length;
    this.#writer.text(text, logprobs);
  }

  #addRefusal(refusal: unknown): void {
    if (typeof refusal !== 'string') throw misshapen('refusal');
    this.#think.flush();
    this.#writer.refusal(refusal);
  }

  /** Content as a list: Mistral's reasoning models. */
  #readPart(value: unknown): void {
    const part = asObject(value);
    if (!part) throw misshapen('content');
    if (part.type === 'thinking') this.#addReasoning(readReasoning(part.thinking));
    else if (part.type === 'refusal' && part.refusal) this.#addRefusal(part.refusal);
    else if (part.type === 'image_url') this.#addImage(part);
    else if (asText(part.text)) this.#addContent(part.text as string);
  }

  #readDetails(value: unknown, isOnlySource: boolean): void {
    for (const entry of listOf(value)) {
      const detail = asObject(entry);
      if (!detail) continue;
      if (isOnlySource) this.#addReasoning(asText(detail.text) ?? asText(detail.summary) ?? '');
      this.#sealed.addDetail(detail);
    }
  }

  #giveSealed(): void {
    const sealed = this.#sealed.write();
    if (sealed === undefined) return;
    this.#writer.encryptedReasoning(sealed);
    this.#isSealed = this.#writer.isReasoning;
    if (!this.#isSealed) this.#sealed.reset();
  }

  #addAnnotation(value: unknown): void {
    const annotation = asObject(value);
    const citation = asObject(annotation?.url_citation) ?? annotation;
    const url = asText(citation?.url);
    if (!url || annotation?.type !== 'url_citation') return;
    this.#think.flush();
    const partStart = this.#textLength - this.#writer.textLength;
    this.#writer.annotate({
      type: 'url_citation',
      url,
      title: asText(citation?.title) ?? '',
      start_index: Math.max(0, toIndex(citation?.start_index) - partStart),
      end_index: Math.max(0, toIndex(citation?.end_index) - partStart),
    } satisfies UrlCitation);
  }

  #addImage(value: unknown): void {
    const image = asObject(value)?.image_url;
    const url = asText(asObject(image)?.url ?? image);
    if (!url) return;
    this.#think.flush();
    const [, format, data] = /^data:image\/([\w.+-]{1,32});base64,(.*)$/s.exec(url) ?? [];
    // The canonical form holds images only as data.
    if (data === undefined) this.#addText(`![image](${url})`);
    else this.#writer.image(data, format!);
  }

  #noteFinish(value: unknown, choice: Json): void {
    const reason = asText(value);
    if (reason === undefined) throw misshapen('finish_reason');
    if (Object.hasOwn(failures, reason)) {
      this.#fail(choice.error ?? { message: `The model stopped: ${reason}.` }, failures[reason]);
      return;
    }
    this.hasFinishReason = true;
    if (Object.hasOwn(incompleteReasons, reason)) this.#end.incomplete ??= incompleteReasons[reason];
    // The stop sequence at vLLM and SGLang; a number is a stop token of the model.
    if (reason === 'stop') this.#end.stopSequence = asText(choice.stop_reason) ?? asText(choice.matched_stop);
  }
}

function toErrorEvent(error: unknown, code: string | undefined): CanonicalEvent {
  const facts = asObject(error) ?? { message: asText(error) };
  return { type: 'error', error: { ...facts, ...(code !== undefined && { code }) } } as unknown as CanonicalEvent;
}

function misshapen(field: string): SyntaxError {
  return new SyntaxError(`a chunk whose '${field}' is of the wrong type`);
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('a chunk with a field that is not a list');
}

/** Text, or parts of text as `reasoning: {content: […]}` and Mistral have it. */
function readReasoning(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = Array.isArray(value) ? value : asObject(value)?.content;
  if (typeof parts === 'string') return parts;
  return Array.isArray(parts) ? parts.map((part) => asText(asObject(part)?.text) ?? '').join('') : '';
}

function toIndex(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}

function findUsage(chunk: Json) {
  return fromChatUsage(chunk.usage) ?? fromChatUsage(asObject(chunk.x_groq)?.usage);
}
