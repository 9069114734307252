/**
 * Canonical events → the deltas of a Chat Completions answer. One reducer for both kinds of answer: a stream sends the deltas,
 * an answer in one piece adds them up.
 */
import { type EventVisitor, visitEvent } from '../../canonical/event-visitor.ts';
import { type CanonicalEvent, type CanonicalOutputItem, type CanonicalResponse, isCut } from '../../canonical/types.ts';
import type { ReasoningCompat } from '../api.ts';
import { toStatefulId } from '../call-id-state.ts';
import { toPictureUrl } from '../pictures.ts';
import type { ChoiceLogprobs, DeltaSink, FinishReason, ReasoningDetail } from './answer-delta.ts';
import { toCarriedState } from './server-state.ts';

export interface ReducerOptions {
  reasoningCompat: ReasoningCompat;
  /** Give the tool call as `function_call`, the form that came before `tool_calls`. */
  isLegacy: boolean;
  /** Hand on what an upstream of this API wants back: behind the ids of calls, else beside the message. */
  hasServerState: boolean;
}

interface OpenToolCall {
  /** Place among the tool calls. */
  index: number;
  kind: 'function' | 'custom';
}

type TextDelta = Extract<CanonicalEvent, { type: 'response.output_text.delta' }>;
type ToolCallItem = Extract<CanonicalOutputItem, { type: 'function_call' | 'custom_tool_call' }>;

/** OpenAI's log probability for a token that is very unlikely. */
const lowestLogprob = -9999;
/** Parts of one item are told apart by an index below this, so that item and part make one number. */
const maxParts = 2 ** 20;
/** Between two parts of reasoning: a line break where the text is shown as one block, else a blank line. */
const partSeparators = {
  none: '',
  'think-tags': '\n',
  o3: '\n',
  legacy: '\n\n',
  reasoning_content: '\n\n',
  reasoning: '\n\n',
} as const satisfies Record<ReasoningCompat, string>;

/** The state of one choice. Its events are regular, except for changes by transforms: only deltas hold text. */
export class ChoiceReducer implements EventVisitor {
  readonly #sink: DeltaSink;
  readonly #reasoningCompat: ReasoningCompat;
  readonly #isLegacy: boolean;
  readonly #hasServerState: boolean;
  /** What the server wants back, until something carries it. */
  readonly #states: string[] = [];

  #hasRole = false;
  #isFinished = false;

  /** UTF-16 units of content sent; citations count from the start of the content, not of their part. */
  #contentLength = 0;
  /** The part whose text came last: a run of deltas of one part needs no look-up. */
  #lastPart = -1;
  /** Where in the content each part's text begins. */
  readonly #partStarts = new Map<number, number>();

  #lastReasoningPart: number | undefined;
  #isThinkTagOpen = false;

  readonly #toolCalls = new Map<number, OpenToolCall>();

  constructor(sink: DeltaSink, { reasoningCompat, isLegacy, hasServerState }: ReducerOptions) {
    this.#sink = sink;
    this.#reasoningCompat = reasoningCompat;
    this.#isLegacy = isLegacy;
    this.#hasServerState = hasServerState;
  }

  reduce(event: CanonicalEvent): void {
    if (!this.#isFinished) visitEvent(event, this);
  }

  text({ output_index, content_index, delta, logprobs }: TextDelta): void {
    const isScored = logprobs !== undefined && logprobs.length > 0;
    // A token that holds only a part of a character has a probability, but no text of its own.
    if (delta === '' && !isScored) return;
    this.#beginText(toKey(output_index, content_index), delta);
    if (isScored) this.#sink.scoredContent(delta, { content: logprobs.map(toChatLogprob), refusal: null });
    else this.#sink.content(delta);
  }

  #beginText(key: number, text: string): void {
    if (!this.#hasRole || this.#isThinkTagOpen) this.#beginOutput();
    if (key !== this.#lastPart) this.#startPart(key);
    this.#contentLength += text.length;
  }

  refusal(outputIndex: number, contentIndex: number, refusal: string): void {
    if (refusal === '') return;
    this.#beginOutput();
    this.#startPart(toKey(outputIndex, contentIndex));
    this.#sink.delta({ refusal });
  }

  #startPart(key: number): void {
    this.#lastPart = key;
    if (!this.#partStarts.has(key)) this.#partStarts.set(key, this.#contentLength);
  }

  citation(outputIndex: number, contentIndex: number, annotation: unknown): void {
    if (!isUrlCitation(annotation)) return;
    const start = this.#partStarts.get(toKey(outputIndex, contentIndex)) ?? this.#contentLength;
    const { start_index, end_index, url, title } = annotation;
    const placed = { start_index: start + start_index, end_index: start + end_index, url, title: title ?? '' };
    this.#beginOutput();
    this.#sink.delta({ annotations: [{ type: 'url_citation', url_citation: placed }] });
  }

  reasoning(outputIndex: number, partIndex: number, isRaw: boolean, text: string): void {
    if (text === '' || this.#reasoningCompat === 'none') return;
    const key = toKey(outputIndex, partIndex) * 2 + Number(isRaw);
    let spoken = text;
    if (key !== this.#lastReasoningPart) {
      if (this.#lastReasoningPart !== undefined) spoken = partSeparators[this.#reasoningCompat] + text;
      this.#lastReasoningPart = key;
    }
    this.#sendRole();
    switch (this.#reasoningCompat) {
      case 'think-tags':
        this.#sendThinking(spoken);
        break;
      case 'o3':
        this.#sink.delta({ reasoning: { content: [{ type: 'text', text: spoken }] } });
        break;
      case 'legacy':
        this.#sink.delta({ reasoning_summary: spoken, reasoning: spoken });
        break;
      case 'reasoning_content':
        this.#sink.delta({ reasoning_content: spoken });
        break;
      case 'reasoning': {
        const detail: ReasoningDetail = isRaw
          ? { type: 'reasoning.text', text: spoken }
          : { type: 'reasoning.summary', summary: spoken };
        this.#sink.delta({ reasoning: spoken, reasoning_details: [detail] });
        break;
      }
      default:
        this.#reasoningCompat satisfies never;
    }
  }

  #sendThinking(text: string): void {
    const tagged = this.#isThinkTagOpen ? text : `<think>${text}`;
    this.#isThinkTagOpen = true;
    this.#contentLength += tagged.length;
    this.#sink.content(tagged);
  }

  #closeThinkTag(): void {
    if (!this.#isThinkTagOpen) return;
    this.#isThinkTagOpen = false;
    // Later reasoning opens a new block, which needs no separator.
    this.#lastReasoningPart = undefined;
    this.#contentLength += '</think>'.length;
    this.#sink.content('</think>');
  }

  itemAdded(outputIndex: number, item: CanonicalOutputItem): void {
    if (!isToolCall(item)) return;
    // A transform may add irregular events.
    if (this.#toolCalls.has(outputIndex) || !item.call_id || !item.name) return;
    const index = this.#toolCalls.size;
    const kind = item.type === 'function_call' ? 'function' : 'custom';
    this.#toolCalls.set(outputIndex, { index, kind });
    this.#beginOutput();
    if (this.#isLegacy) {
      // The older form holds one call; the request asked for one at a time.
      if (index === 0) this.#sink.delta({ function_call: { name: item.name, arguments: '' } });
    } else if (kind === 'function') {
      const named = { name: item.name, arguments: '' };
      this.#sink.delta({ tool_calls: [{ index, id: this.#toId(item), type: 'function', function: named }] });
    } else {
      const named = { name: item.name, input: '' };
      this.#sink.delta({ tool_calls: [{ index, id: this.#toId(item), type: 'custom', custom: named }] });
    }
  }

  #toId({ call_id: callId }: ToolCallItem): string {
    const id = toStatefulId(callId, this.#states[0]);
    if (id !== callId) this.#states.shift();
    return id;
  }

  callInput(outputIndex: number, text: string): void {
    const call = this.#toolCalls.get(outputIndex);
    if (!call || text === '') return;
    const { index } = call;
    if (this.#isLegacy) {
      if (index === 0) this.#sink.delta({ function_call: { arguments: text } });
    } else if (call.kind === 'function') {
      this.#sink.delta({ tool_calls: [{ index, function: { arguments: text } }] });
    } else {
      this.#sink.delta({ tool_calls: [{ index, custom: { input: text } }] });
    }
  }

  itemDone(_outputIndex: number, item: CanonicalOutputItem): void {
    if (item.type === 'reasoning' && this.#hasServerState) this.#noteState(item.encrypted_content);
    if (item.type !== 'image_generation_call' || !item.result) return;
    this.#beginOutput();
    const format = 'output_format' in item ? item.output_format : 'png';
    const url = toPictureUrl(format, item.result);
    this.#sink.delta({ images: [{ type: 'image_url', image_url: { url } }] });
  }

  #noteState(encrypted: string | null | undefined): void {
    if (encrypted && toCarriedState(encrypted)) this.#states.push(encrypted);
  }

  /** In the field that clients of reasoning models send back as it came. */
  #sendStates(): void {
    if (this.#states.length === 0) return;
    this.#sink.delta({ reasoning_details: this.#states.map((data) => ({ type: 'reasoning.encrypted', data })) });
  }

  end(response: CanonicalResponse): void {
    this.#beginOutput();
    this.#sendStates();
    this.#isFinished = true;
    this.#sink.finish(this.#toFinishReason(response), response);
  }

  #toFinishReason(response: CanonicalResponse): FinishReason {
    if (isCut(response)) {
      return response.incomplete_details?.reason === 'content_filter' ? 'content_filter' : 'length';
    }
    if (this.#toolCalls.size === 0) return 'stop';
    return this.#isLegacy ? 'function_call' : 'tool_calls';
  }

  /** Ends the reasoning. */
  #beginOutput(): void {
    this.#sendRole();
    this.#closeThinkTag();
  }

  #sendRole(): void {
    if (this.#hasRole) return;
    this.#hasRole = true;
    this.#sink.delta({ role: 'assistant', content: '' });
  }
}

function toKey(outputIndex: number, partIndex: number): number {
  return outputIndex * maxParts + partIndex;
}

/** The Responses API leaves out parts that SDKs of this API require. */
function toChatLogprob(entry: TextDelta['logprobs'][number]): ChoiceLogprobs['content'][number] {
  const { token, logprob, top_logprobs } = entry;
  const alternatives = (top_logprobs ?? []).map((other) => ({
    token: other.token ?? '',
    logprob: other.logprob ?? lowestLogprob,
    bytes: bytesOf(other),
  }));
  return { token, logprob, bytes: bytesOf(entry), top_logprobs: alternatives };
}

function bytesOf(entry: object): number[] | null {
  return 'bytes' in entry && Array.isArray(entry.bytes) ? entry.bytes : null;
}

function isToolCall(item: CanonicalOutputItem): item is ToolCallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

interface RawUrlCitation {
  type: 'url_citation';
  start_index: number;
  end_index: number;
  url: string;
  title?: string;
}

function isUrlCitation(annotation: unknown): annotation is RawUrlCitation {
  const { type, start_index, end_index, url } = (annotation ?? {}) as Record<string, unknown>;
  return (
    type === 'url_citation' &&
    typeof start_index === 'number' &&
    typeof end_index === 'number' &&
    typeof url === 'string'
  );
}
