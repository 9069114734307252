/**
 * Writes an answer as Responses events, for upstreams that speak another API: items and parts are opened when something
 * comes for them and closed when something else does, everything is numbered, and the terminal event holds it all.
 */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse, CanonicalUsage } from '../../canonical/types.ts';
import type { DecoderFacts } from '../api.ts';
import type { TokenLogprob } from './event-shape.ts';

/** Longest answer that is kept for its terminal event, in characters. */
const maxKeptCharacters = 64 * 1024 * 1024;
/** What a log probability counts for, with its alternatives, in characters. */
const logprobCharacters = 256;
/** Most items, and parts of items, of an answer. */
const maxOpened = 65_536;

export interface UrlCitation {
  type: 'url_citation';
  url: string;
  title: string;
  start_index: number;
  end_index: number;
}

/** A call that is being written. */
export interface OpenCall {
  readonly kind: 'function' | 'custom';
  readonly item: { type: string; id: string; call_id: string; name: string };
  readonly outputIndex: number;
  input: string;
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
  kind: PartKind;
  item: { type: string; id: string; content: object[] };
  outputIndex: number;
  contentIndex: number;
  text: string;
  annotations: UrlCitation[];
  logprobs: TokenLogprob[];
}

const noLogprobs: readonly TokenLogprob[] = [];

export class ResponseWriter {
  readonly #facts: DecoderFacts;
  readonly #onEvent: (event: CanonicalEvent) => void;
  readonly #output: object[] = [];
  #sequenceNumber = 0;
  #keptCharacters = 0;
  #opened = 0;
  #hasBegun = false;
  #part: OpenPart | undefined;
  /** The last part of text, for citations that come behind it. */
  #lastText: OpenPart | undefined;
  #openCalls: OpenCall[] = [];

  constructor({ id, createdS, model }: DecoderFacts, onEvent: (event: CanonicalEvent) => void) {
    this.#facts = { id, createdS, model };
    this.#onEvent = onEvent;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Is it reasoning that came last? */
  get isReasoning(): boolean {
    return this.#part?.kind === 'reasoning_text';
  }

  /** UTF-16 units of the part of text that is open; 0 when there is none. */
  get openTextLength(): number {
    return this.#part?.kind === 'output_text' ? this.#part.text.length : 0;
  }

  /** UTF-16 units of the last part of text. */
  get textLength(): number {
    return this.#lastText?.text.length ?? 0;
  }

  /** Items so far. */
  get itemCount(): number {
    return this.#output.length;
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
    this.#keep(part, delta);
    if (logprobs.length > 0) {
      this.#count(logprobs.length * logprobCharacters);
      for (const logprob of logprobs) part.logprobs.push(logprob);
    }
    this.#onEvent({
      type: 'response.output_text.delta',
      item_id: part.item.id,
      output_index: part.outputIndex,
      content_index: part.contentIndex,
      delta,
      logprobs: logprobs as never,
      sequence_number: this.#sequenceNumber++,
    });
  }

  refusal(delta: string): void {
    this.#addTo('refusal', 'response.refusal.delta', delta);
  }

  reasoning(delta: string): void {
    this.#addTo('reasoning_text', 'response.reasoning_text.delta', delta);
  }

  /** What comes next is no more of this reasoning, even if it is reasoning. */
  endReasoning(): void {
    if (this.isReasoning) this.#closePart();
  }

  /** The form of the reasoning that only the upstream can read: of the open reasoning item, or of one of its own. */
  encryptedReasoning(text: string): void {
    this.#count(text.length);
    if (this.#part?.kind !== 'reasoning_text') {
      this.#closePart();
      const { item, outputIndex } = this.#openItem('rs', { type: 'reasoning', summary: [] });
      this.#closeItem({ ...item, encrypted_content: text }, outputIndex);
      return;
    }
    Object.assign(this.#part.item, { encrypted_content: text });
  }

  /** Of the last text. */
  annotate(annotation: UrlCitation): void {
    const part = this.#lastText ?? this.#openPart('output_text');
    this.#count(annotation.url.length + annotation.title.length + 1);
    part.annotations.push(annotation);
    this.#emit({
      type: 'response.output_text.annotation.added',
      ...placeOf(part),
      annotation_index: part.annotations.length - 1,
      annotation,
    });
  }

  /** @param result the picture in base64 */
  image(result: string, format: string): void {
    this.#count(result.length);
    this.#closePart();
    const { item, outputIndex } = this.#openItem('ig', { type: 'image_generation_call', status: 'in_progress' });
    this.#closeItem({ ...item, status: 'completed', result, output_format: format }, outputIndex);
  }

  /** What a tool did that ran upstream, all at once. */
  hostedItem(prefix: string, fields: { type: string; [field: string]: unknown }): void {
    this.#closePart();
    const { item, outputIndex } = this.#openItem(prefix, { ...fields, status: 'in_progress' });
    this.#closeItem({ ...item, status: 'completed' }, outputIndex);
  }

  /** Calls may be open side by side: their input may come mixed. */
  openCall(kind: OpenCall['kind'], callId: string, name: string): OpenCall {
    this.#closePart();
    const [prefix, type, field] =
      kind === 'function'
        ? (['fc', 'function_call', 'arguments'] as const)
        : (['ctc', 'custom_tool_call', 'input'] as const);
    const opened = this.#openItem(prefix, { type, status: 'in_progress', call_id: callId, name, [field]: '' });
    const call: OpenCall = {
      kind,
      item: opened.item as OpenCall['item'],
      outputIndex: opened.outputIndex,
      input: '',
      isDone: false,
    };
    this.#openCalls.push(call);
    return call;
  }

  callInput(call: OpenCall, delta: string): void {
    if (delta === '' || call.isDone) return;
    this.#count(delta.length);
    call.input += delta;
    const kind = call.kind === 'function' ? 'function_call_arguments' : 'custom_tool_call_input';
    this.#emit({ type: `response.${kind}.delta`, item_id: call.item.id, output_index: call.outputIndex, delta });
  }

  closeCall(call: OpenCall, status: 'completed' | 'incomplete' = 'completed'): void {
    if (call.isDone) return;
    call.isDone = true;
    this.#openCalls = this.#openCalls.filter((open) => open !== call);
    const [kind, field] =
      call.kind === 'function' ? ['function_call_arguments', 'arguments'] : ['custom_tool_call_input', 'input'];
    const { item, outputIndex, input } = call;
    this.#emit({ type: `response.${kind}.done`, item_id: item.id, output_index: outputIndex, [field!]: input });
    this.#closeItem({ ...item, status, [field!]: input }, outputIndex);
  }

  finish({ incomplete, usage, serviceTier, stopSequence }: AnswerEnd): void {
    const status = incomplete ? 'incomplete' : 'completed';
    this.#closePart(status);
    for (const call of this.#openCalls) this.closeCall(call, status);
    const response = this.#toResponse(status);
    if (incomplete) response.incomplete_details = { reason: incomplete };
    response.output = this.#output as CanonicalOutputItem[];
    response.usage = usage ?? (null as never);
    if (serviceTier !== undefined) response.service_tier = serviceTier as CanonicalResponse['service_tier'];
    if (stopSequence !== undefined) response.stop_sequence = stopSequence;
    this.#emit({ type: `response.${status}`, response });
  }

  #addTo(kind: PartKind, type: string, delta: string): void {
    const part = this.#part?.kind === kind ? this.#part : this.#openPart(kind);
    this.#keep(part, delta);
    this.#emit({ type, ...placeOf(part), delta });
  }

  #keep(part: OpenPart, delta: string): void {
    this.#count(delta.length);
    part.text += delta;
  }

  /** @throws SyntaxError for an answer without end */
  #count(characters: number): void {
    this.#keptCharacters += characters;
    if (this.#keptCharacters > maxKeptCharacters) throw new SyntaxError('an answer that is too long to be kept');
  }

  /** @throws SyntaxError for an answer in more pieces than a model makes */
  #countOpened(): void {
    this.#opened += 1;
    if (this.#opened > maxOpened) throw new SyntaxError('an answer of too many parts');
  }

  #openPart(kind: PartKind): OpenPart {
    this.#countOpened();
    const isReasoning = kind === 'reasoning_text';
    const open = this.#part;
    let item: OpenPart['item'];
    let outputIndex: number;
    if (open && !isReasoning && open.kind !== 'reasoning_text') {
      // Text and refusal are parts of one message.
      this.#endPart(open);
      ({ item, outputIndex } = open);
    } else {
      this.#closePart();
      const opened = isReasoning
        ? this.#openItem('rs', { type: 'reasoning', summary: [], content: [] })
        : this.#openItem('msg', { type: 'message', status: 'in_progress', role: 'assistant', content: [] });
      outputIndex = opened.outputIndex;
      // What was sent must not change any more.
      item = { ...(opened.item as OpenPart['item']), content: [] };
    }
    const contentIndex = item.content.length;
    const part: OpenPart = { kind, item, outputIndex, contentIndex, text: '', annotations: [], logprobs: [] };
    this.#part = part;
    if (kind === 'output_text') this.#lastText = part;
    this.#emit({
      type: 'response.content_part.added',
      ...placeOf(part),
      part: toPart({ ...part, annotations: [], logprobs: [] }),
    });
    return part;
  }

  #endPart(part: OpenPart): void {
    const { kind, text, logprobs, item } = part;
    const place = placeOf(part);
    const whole = toPart(part);
    if (kind === 'output_text') this.#emit({ type: 'response.output_text.done', ...place, text, logprobs });
    else if (kind === 'refusal') this.#emit({ type: 'response.refusal.done', ...place, refusal: text });
    else this.#emit({ type: 'response.reasoning_text.done', ...place, text });
    this.#emit({ type: 'response.content_part.done', ...place, part: whole });
    item.content.push(whole);
  }

  #closePart(status: 'completed' | 'incomplete' = 'completed'): void {
    const part = this.#part;
    if (!part) return;
    this.#endPart(part);
    this.#part = undefined;
    const isMessage = part.kind !== 'reasoning_text';
    this.#closeItem({ ...part.item, ...(isMessage && { status }) }, part.outputIndex);
  }

  #openItem(prefix: string, fields: object): { item: { id: string }; outputIndex: number } {
    this.begin();
    this.#countOpened();
    const outputIndex = this.#output.length;
    const item = { id: `${prefix}_${this.#facts.id}_${outputIndex}`, ...fields };
    this.#output.push(item);
    this.#emit({ type: 'response.output_item.added', output_index: outputIndex, item });
    return { item, outputIndex };
  }

  #closeItem(item: object, outputIndex: number): void {
    this.#output[outputIndex] = item;
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
    this.#onEvent({ ...event, sequence_number: this.#sequenceNumber++ } as unknown as CanonicalEvent);
  }
}

function placeOf({ item, outputIndex, contentIndex }: OpenPart): object {
  return { item_id: item.id, output_index: outputIndex, content_index: contentIndex };
}

function toPart({ kind, text, annotations, logprobs }: OpenPart): object {
  if (kind === 'refusal') return { type: kind, refusal: text };
  return kind === 'reasoning_text' ? { type: kind, text } : { type: kind, text, annotations, logprobs };
}
