/**
 * Canonical events → the content blocks of a Messages answer. One reducer for both kinds of answer: a stream sends the deltas,
 * an answer in one piece adds them up.
 */
import { type EventVisitor, visitEvent } from '../../canonical/event-visitor.ts';
import { type CanonicalEvent, type CanonicalOutputItem, type CanonicalResponse, isCut } from '../../canonical/types.ts';
import { asObject } from '../../lenient-json.ts';
import { toStatefulId } from '../call-id-state.ts';
import type { BlockDelta, ContentBlock, StopReason } from './blocks.ts';
import { type SignedReasoning, toSignature } from './signature.ts';
import { ToolInputStream } from './tool-input.ts';
import { toCitation, toResults } from './web-search-blocks.ts';

export interface MessageEnd {
  reason: StopReason;
  /** The one of the request's stop sequences that ended the answer. */
  stopSequence: string | null;
  response: CanonicalResponse;
  /** The number of searches that were shown. */
  webSearches: number;
}

/** Takes an answer's blocks: one after the other, each started, added to, stopped. */
export interface BlockSink {
  start(block: ContentBlock): void;
  /** A delta of text: a method of its own because it is called tens of thousands of times. */
  text(text: string): void;
  delta(delta: BlockDelta): void;
  stop(): void;
  finish(end: MessageEnd): void;
}

export interface ReducerOptions {
  /** Shows reasoning as thinking blocks. */
  hasThinking: boolean;
  /** Shows the text of the reasoning too, rather than only the signature that is sent back. */
  hasThinkingText: boolean;
  /** Shows searches of the web as blocks. */
  hasWebSearch: boolean;
  /** The stop sequences of the request: an upstream may name others, of its own. */
  stopSequences: readonly string[];
}

interface ToolCall {
  /** Custom tools take free text: it comes as the only field of an object, once it is whole. */
  isCustom: boolean;
  text: string;
  input: ToolInputStream;
}

type Item<T extends CanonicalOutputItem['type']> = Extract<CanonicalOutputItem, { type: T }>;
type ToolCallItem = Item<'function_call' | 'custom_tool_call'>;

/** Parts of one item are told apart by an index below this, so that item and part make one number. */
const maxParts = 2 ** 20;
/** Instead of a part's key: an item's only block. */
const onlyPart = maxParts - 1;
/** Most events that wait for the block before them; the regulariser limits the length of their texts. */
const maxHeldEvents = 1_000_000;

/**
 * The state of one answer. Its events are regular, except for changes by transforms: only deltas hold text.
 *
 * Blocks must not overlap, but items may be interleaved: events of another item wait until the current item is done.
 */
export class MessageReducer implements EventVisitor {
  readonly #sink: BlockSink;
  readonly #options: ReducerOptions;
  #isFinished = false;

  /** The current item: it has begun to give blocks, and is not done. */
  #itemAtWork: number | undefined;
  #held: CanonicalEvent[] = [];

  /** The open block: its part and its kind. */
  #openKey: number | undefined;
  #openType: ContentBlock['type'] | undefined;
  #isSigned = false;
  /** The text of the open block, for the words that a citation covers. */
  #openText = '';

  #hasRefusal = false;

  readonly #reasoningParts = new Set<number>();
  #lastReasoningPart: number | undefined;
  /** Reasoning that the client must send back without seeing it, by item. */
  readonly #withheld = new Map<number, string>();

  /** What the server wants back with the next call, where no signature can carry it. */
  #stateOfCall: string | undefined;
  readonly #toolCalls = new Map<number, ToolCall>();
  readonly #searches = new Set<number>();

  constructor(sink: BlockSink, options: ReducerOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  reduce(event: CanonicalEvent): void {
    if (this.#isFinished) return;
    const itemAtWork = this.#itemAtWork;
    if (itemAtWork !== undefined && 'output_index' in event && event.output_index !== itemAtWork) this.#hold(event);
    else visitEvent(event, this);
  }

  #hold(event: CanonicalEvent): void {
    this.#held.push(event);
    if (this.#held.length > maxHeldEvents) throw new SyntaxError('too much of several items at a time');
  }

  /** The current item is done: lets the waiting events go. */
  #release(): void {
    this.#closeBlock();
    this.#itemAtWork = undefined;
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.reduce(event);
  }

  #open(outputIndex: number, key: number, block: ContentBlock): void {
    this.#closeBlock();
    this.#itemAtWork = outputIndex;
    this.#openKey = key;
    this.#openType = block.type;
    this.#openText = '';
    this.#isSigned = false;
    this.#sink.start(block);
  }

  /** Is the item's only block open, and of that type? */
  #isOpen(outputIndex: number, type: ContentBlock['type']): boolean {
    return this.#openType === type && this.#openKey === toKey(outputIndex, onlyPart);
  }

  #closeBlock(): void {
    if (this.#openKey === undefined) return;
    // SDKs want a signature in every thinking block; it comes last.
    if (this.#openType === 'thinking' && !this.#isSigned) this.#sign({});
    if (this.#openType === 'tool_use') this.#completeInput(this.#itemAtWork!);
    this.#openKey = undefined;
    this.#openType = undefined;
    this.#sink.stop();
  }

  text({ output_index, content_index, delta }: Parameters<EventVisitor['text']>[0]): void {
    this.#addText(output_index, content_index, delta);
  }

  #addText(outputIndex: number, contentIndex: number, text: string): void {
    if (text === '') return;
    const key = toKey(outputIndex, contentIndex);
    if (key !== this.#openKey) {
      this.#open(outputIndex, key, { type: 'text', text: '' });
    }
    if (this.#options.hasWebSearch) this.#openText += text;
    this.#sink.text(text);
  }

  refusal(outputIndex: number, contentIndex: number, refusal: string): void {
    if (refusal !== '') this.#hasRefusal = true;
    this.#addText(outputIndex, contentIndex, refusal);
  }

  citation(outputIndex: number, contentIndex: number, annotation: unknown): void {
    // A block that has stopped takes no more.
    const isOpen = toKey(outputIndex, contentIndex) === this.#openKey;
    const citation = isOpen ? toCitation(annotation, this.#openText) : undefined;
    if (citation) this.#sink.delta({ type: 'citations_delta', citation });
  }

  reasoning(outputIndex: number, partIndex: number, isRaw: boolean, text: string): void {
    if (text === '' || !this.#options.hasThinking) return;
    const part = toReasoningKey(outputIndex, partIndex, isRaw);
    if (!this.#options.hasThinkingText) {
      this.#withholdReasoning(outputIndex, part, text);
      return;
    }
    let spoken = text;
    if (!this.#isOpen(outputIndex, 'thinking')) this.#openThinking(outputIndex);
    else if (part !== this.#lastReasoningPart) spoken = `\n\n${text}`;
    this.#lastReasoningPart = part;
    this.#reasoningParts.add(part);
    this.#sink.delta({ type: 'thinking_delta', thinking: spoken });
  }

  /** Gathers the text that is not shown, for the signature. */
  #withholdReasoning(outputIndex: number, part: number, text: string): void {
    const before = this.#withheld.get(outputIndex);
    const isNewPart = before !== undefined && !this.#reasoningParts.has(part);
    this.#withheld.set(outputIndex, `${before ?? ''}${isNewPart ? '\n\n' : ''}${text}`);
    this.#reasoningParts.add(part);
  }

  #openThinking(outputIndex: number): void {
    this.#open(outputIndex, toKey(outputIndex, onlyPart), { type: 'thinking', thinking: '', signature: '' });
  }

  #completeReasoning(outputIndex: number, { encrypted_content }: Item<'reasoning'>): void {
    if (!this.#options.hasThinking) {
      this.#stateOfCall = encrypted_content ?? undefined;
      return;
    }
    const text = this.#withheld.get(outputIndex);
    this.#withheld.delete(outputIndex);
    if (!encrypted_content && !text) return;
    if (!this.#isOpen(outputIndex, 'thinking')) this.#openThinking(outputIndex);
    this.#sign({ encrypted: encrypted_content, text });
  }

  #sign(reasoning: SignedReasoning): void {
    this.#isSigned = true;
    this.#sink.delta({ type: 'signature_delta', signature: toSignature(reasoning) });
  }

  itemAdded(outputIndex: number, item: CanonicalOutputItem): void {
    if (!isToolCall(item)) return;
    // A transform may add irregular events.
    if (this.#toolCalls.has(outputIndex) || !item.call_id || !item.name) return;
    const isCustom = item.type === 'custom_tool_call';
    this.#toolCalls.set(outputIndex, { isCustom, text: '', input: new ToolInputStream() });
    const id = toStatefulId(item.call_id, this.#stateOfCall);
    this.#stateOfCall = undefined;
    const block: ContentBlock = { type: 'tool_use', id, name: item.name, input: {} };
    this.#open(outputIndex, toKey(outputIndex, onlyPart), block);
  }

  callInput(outputIndex: number, text: string): void {
    const call = this.#toolCalls.get(outputIndex);
    // A block that has stopped takes no more.
    if (!call || text === '' || !this.#isOpen(outputIndex, 'tool_use')) return;
    if (call.isCustom) call.text += text;
    else this.#addInput(call.input.read(text));
  }

  #addInput(json: string): void {
    if (json !== '') this.#sink.delta({ type: 'input_json_delta', partial_json: json });
  }

  #completeInput(outputIndex: number): void {
    const call = this.#toolCalls.get(outputIndex);
    if (call) this.#addInput(call.isCustom ? JSON.stringify({ input: call.text }) : call.input.finish());
  }

  /** A search by the upstream, shown as Anthropic shows its own: the query, then the results. */
  #addSearch(outputIndex: number, item: Item<'web_search_call'>): void {
    const action = asObject((item as { action?: unknown }).action);
    if (!this.#options.hasWebSearch || action?.type !== 'search' || this.#searches.has(outputIndex)) return;
    this.#searches.add(outputIndex);
    const id = `srvtoolu_${item.id ? item.id.replaceAll(/\W/g, '_') : this.#searches.size}`;
    const query = [action.query, action.queries].flat().find((text) => typeof text === 'string' && text !== '') ?? '';
    const key = toKey(outputIndex, onlyPart);
    this.#open(outputIndex, key, { type: 'server_tool_use', id, name: 'web_search', input: {} });
    this.#sink.delta({ type: 'input_json_delta', partial_json: JSON.stringify({ query }) });
    this.#open(outputIndex, key, {
      type: 'web_search_tool_result',
      tool_use_id: id,
      content:
        item.status === 'failed'
          ? { type: 'web_search_tool_result_error', error_code: 'unavailable' }
          : toResults(action.sources),
    });
  }

  itemDone(outputIndex: number, item: CanonicalOutputItem): void {
    if (item.type === 'reasoning') this.#completeReasoning(outputIndex, item);
    // Other calls that run upstream have no place in this API.
    else if (item.type === 'web_search_call') this.#addSearch(outputIndex, item);
    this.#release();
  }

  end(response: CanonicalResponse): void {
    // Events may wait for an item that never ended: each round lets at least one more item go.
    while (this.#itemAtWork !== undefined) this.#release();
    this.#isFinished = true;
    const stopped = response.stop_sequence;
    const stopSequence = stopped !== undefined && this.#options.stopSequences.includes(stopped) ? stopped : null;
    this.#sink.finish({
      reason: stopSequence === null ? this.#toStopReason(response) : 'stop_sequence',
      stopSequence,
      response,
      webSearches: this.#searches.size,
    });
  }

  #toStopReason(response: CanonicalResponse): StopReason {
    if (isCut(response)) {
      return response.incomplete_details?.reason === 'content_filter' ? 'refusal' : 'max_tokens';
    }
    if (this.#toolCalls.size > 0) return 'tool_use';
    return this.#hasRefusal ? 'refusal' : 'end_turn';
  }
}

function toKey(outputIndex: number, partIndex: number): number {
  return outputIndex * maxParts + partIndex;
}

function toReasoningKey(outputIndex: number, partIndex: number, isRaw: boolean): number {
  return toKey(outputIndex, partIndex) * 2 + Number(isRaw);
}

function isToolCall(item: CanonicalOutputItem): item is ToolCallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}
