/**
 * Writes canonical events for an upstream that speaks another API than Responses: the content alone, in order. The regulariser
 * behind every decoder completes the stream: it adds the opening and closing events, the numbers, and the full texts.
 */
import type { CanonicalEvent, CanonicalResponse, CanonicalUsage } from './types.ts';

/** What is known of an answer before it comes. */
export interface AnswerFacts {
  /** Unique; the ids of the answer and of its items are made from it. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdS: number;
  readonly model: string;
}

export interface UrlCitation {
  type: 'url_citation';
  url: string;
  title: string;
  /** In UTF-16 units, from the start of its text part. */
  start_index: number;
  end_index: number;
}

/** The log probability of a token, and of its alternatives. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes?: number[];
  top_logprobs?: TokenLogprob[];
}

/** A call that is being written. */
export interface OpenCall {
  readonly type: 'function_call' | 'custom_tool_call';
  readonly callId: string;
  readonly name: string;
  readonly outputIndex: number;
  hasInput: boolean;
  isDone: boolean;
}

/** How an answer ends. */
export interface AnswerEnd {
  /** Absent: it is complete. */
  incomplete?: 'max_output_tokens' | 'content_filter';
  usage?: CanonicalUsage;
  serviceTier?: string;
  /** The stop sequence at which it ended. */
  stopSequence?: string;
}

type PartKind = 'output_text' | 'refusal' | 'reasoning_text';

interface OpenPart {
  readonly kind: PartKind;
  readonly outputIndex: number;
  readonly contentIndex: number;
  /** UTF-16 units. */
  length: number;
}

const noLogprobs: readonly TokenLogprob[] = [];

export class EventWriter {
  readonly #facts: AnswerFacts;
  readonly #onEvent: (event: CanonicalEvent) => void;
  #itemCount = 0;
  #hasBegun = false;
  #part: OpenPart | undefined;
  /** The last part of text, for citations that come behind it. */
  #lastText: OpenPart | undefined;
  #encrypted: string | undefined;
  readonly #openCalls = new Set<OpenCall>();

  constructor(facts: AnswerFacts, onEvent: (event: CanonicalEvent) => void) {
    this.#facts = facts;
    this.#onEvent = onEvent;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Was the last piece reasoning? */
  get isReasoning(): boolean {
    return this.#part?.kind === 'reasoning_text';
  }

  /** UTF-16 units of the open text part; 0 when none is open. */
  get openTextLength(): number {
    return this.#part?.kind === 'output_text' ? this.#part.length : 0;
  }

  /** UTF-16 units of the last text part. */
  get textLength(): number {
    return this.#lastText?.length ?? 0;
  }

  /** Items so far. */
  get itemCount(): number {
    return this.#itemCount;
  }

  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const response = this.#toResponse('in_progress');
    this.#emit({ type: 'response.created', response });
    this.#emit({ type: 'response.in_progress', response });
  }

  /** The hot path: one event. */
  text(delta: string, logprobs = noLogprobs): void {
    const part = this.#part?.kind === 'output_text' ? this.#part : this.#openPart('output_text');
    part.length += delta.length;
    this.#onEvent({
      type: 'response.output_text.delta',
      item_id: '',
      output_index: part.outputIndex,
      content_index: part.contentIndex,
      delta,
      logprobs: logprobs as never,
      sequence_number: 0,
    });
  }

  refusal(delta: string): void {
    this.#addTo('refusal', 'response.refusal.delta', delta);
  }

  reasoning(delta: string): void {
    this.#addTo('reasoning_text', 'response.reasoning_text.delta', delta);
  }

  /** Ends this reasoning: reasoning that follows is a new item. */
  endReasoning(): void {
    if (this.isReasoning) this.#closeItem();
  }

  /** Adds the encrypted reasoning that only the upstream can read, to the open reasoning item or to a new one. */
  encryptedReasoning(text: string): void {
    if (this.isReasoning) this.#encrypted = text;
    else this.#writeItem({ type: 'reasoning' }, { encrypted_content: text });
  }

  /** Of the last text. */
  annotate(annotation: UrlCitation): void {
    const { outputIndex, contentIndex } = this.#lastText ?? this.#openPart('output_text');
    const place = { output_index: outputIndex, content_index: contentIndex };
    this.#emit({ type: 'response.output_text.annotation.added', ...place, annotation });
  }

  /** @param result the picture in base64 */
  image(result: string, format: string): void {
    this.#writeItem({ type: 'image_generation_call' }, { status: 'completed', result, output_format: format });
  }

  /** A finished call of a tool that ran upstream. */
  hostedItem(fields: { type: string; [field: string]: unknown }): void {
    this.#writeItem(fields, { status: 'completed' });
  }

  /** Several calls may be open at a time, their input interleaved. */
  openCall(type: OpenCall['type'], callId: string, name: string): OpenCall {
    this.#closeItem();
    const outputIndex = this.#startItem();
    const call: OpenCall = { type, callId, name, outputIndex, hasInput: false, isDone: false };
    this.#openCalls.add(call);
    const item = { type, call_id: callId, name, status: 'in_progress' };
    this.#emit({ type: 'response.output_item.added', output_index: outputIndex, item });
    return call;
  }

  callInput(call: OpenCall, delta: string): void {
    if (delta === '' || call.isDone) return;
    call.hasInput = true;
    const kind = call.type === 'function_call' ? 'function_call_arguments' : 'custom_tool_call_input';
    this.#emit({ type: `response.${kind}.delta`, output_index: call.outputIndex, delta });
  }

  closeCall(call: OpenCall, status: 'completed' | 'incomplete' = 'completed'): void {
    if (call.isDone) return;
    call.isDone = true;
    this.#openCalls.delete(call);
    const { type, callId, name, outputIndex } = call;
    this.#finishItem(outputIndex, { type, call_id: callId, name, status });
  }

  finish({ incomplete, usage, serviceTier, stopSequence }: AnswerEnd): void {
    const status = incomplete ? 'incomplete' : 'completed';
    this.#closeItem(status);
    for (const call of this.#openCalls) this.closeCall(call, status);
    const response = this.#toResponse(status);
    if (incomplete) response.incomplete_details = { reason: incomplete };
    response.usage = usage ?? (null as never);
    if (serviceTier !== undefined) response.service_tier = serviceTier as CanonicalResponse['service_tier'];
    if (stopSequence !== undefined) response.stop_sequence = stopSequence;
    this.#emit({ type: `response.${status}`, response });
  }

  #addTo(kind: PartKind, type: string, delta: string): void {
    const part = this.#part?.kind === kind ? this.#part : this.#openPart(kind);
    part.length += delta.length;
    this.#emit({ type, output_index: part.outputIndex, content_index: part.contentIndex, delta });
  }

  #openPart(kind: PartKind): OpenPart {
    const open = this.#part;
    // Text and refusal are parts of one message.
    const isSameItem = open && kind !== 'reasoning_text' && open.kind !== 'reasoning_text';
    if (isSameItem) {
      const place = { output_index: open.outputIndex, content_index: open.contentIndex };
      this.#emit({ type: 'response.content_part.done', ...place, part: { type: open.kind } });
    } else {
      this.#closeItem();
    }
    const outputIndex = isSameItem ? open.outputIndex : this.#startItem();
    const part: OpenPart = { kind, outputIndex, contentIndex: isSameItem ? open.contentIndex + 1 : 0, length: 0 };
    this.#part = part;
    if (kind === 'output_text') this.#lastText = part;
    return part;
  }

  /** Closes the message or reasoning that is open. */
  #closeItem(status: 'completed' | 'incomplete' = 'completed'): void {
    const part = this.#part;
    if (!part) return;
    this.#part = undefined;
    if (part.kind !== 'reasoning_text') {
      this.#finishItem(part.outputIndex, { type: 'message', status });
      return;
    }
    const encrypted = this.#encrypted;
    this.#encrypted = undefined;
    const fields = encrypted === undefined ? {} : { encrypted_content: encrypted };
    this.#finishItem(part.outputIndex, { type: 'reasoning', ...fields });
  }

  /** An item that comes whole. */
  #writeItem(start: { type: string; [field: string]: unknown }, end: object): void {
    this.#closeItem();
    const outputIndex = this.#startItem();
    const isReasoning = start.type === 'reasoning';
    const item = isReasoning ? start : { ...start, status: 'in_progress' };
    this.#emit({ type: 'response.output_item.added', output_index: outputIndex, item });
    this.#finishItem(outputIndex, { ...start, ...end });
  }

  /** @returns the `output_index` of a new item */
  #startItem(): number {
    this.begin();
    return this.#itemCount++;
  }

  #finishItem(outputIndex: number, item: object): void {
    this.#emit({ type: 'response.output_item.done', output_index: outputIndex, item });
  }

  #toResponse(status: CanonicalResponse['status']): CanonicalResponse {
    const { id, createdS, model } = this.#facts;
    return {
      id: `resp_${id}`,
      object: 'response',
      created_at: createdS,
      status,
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      metadata: {},
      model,
      output: [],
      parallel_tool_calls: true,
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_p: null,
      usage: null,
    } as unknown as CanonicalResponse;
  }

  #emit(event: object): void {
    this.#onEvent({ ...event, sequence_number: 0 } as unknown as CanonicalEvent);
  }
}
