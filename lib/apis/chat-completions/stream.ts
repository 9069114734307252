/**
 * Canonical events → the deltas of a Chat Completions answer. One reducer for both kinds of answer: what a streamed
 * answer sends delta by delta, an answer that is not streamed adds up.
 */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from '../../canonical/types.ts';
import type { ReasoningCompat } from '../api.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

export interface ToolCallDelta {
  /** Counts tool calls only, without gaps: SDKs keep an array. */
  index: number;
  id?: string;
  type?: 'function' | 'custom';
  function?: { name?: string; arguments: string };
  custom?: { name?: string; input: string };
}

export interface UrlCitation {
  type: 'url_citation';
  url_citation: { start_index: number; end_index: number; url: string; title: string };
}

export interface ImageOutput {
  type: 'image_url';
  image_url: { url: string };
}

/** As OpenRouter gives reasoning, besides the plain text. */
export type ReasoningDetail = { type: 'reasoning.summary'; summary: string } | { type: 'reasoning.text'; text: string };

export interface ReasoningContent {
  content: { type: 'text'; text: string }[];
}

export interface ChatDelta {
  role?: 'assistant';
  content?: string;
  refusal?: string;
  reasoning_content?: string;
  reasoning_summary?: string;
  reasoning?: string | ReasoningContent;
  reasoning_details?: ReasoningDetail[];
  annotations?: UrlCitation[];
  images?: ImageOutput[];
  tool_calls?: ToolCallDelta[];
  function_call?: { name?: string; arguments: string };
}

/** Log probabilities of the text that comes with them. */
export interface ChoiceLogprobs {
  content: { token: string; logprob: number; bytes: number[] | null; top_logprobs: object[] }[];
  refusal: null;
}

/** Takes the deltas of one choice, in order. The first is always the role. */
export interface DeltaSink {
  /** A delta of text alone: apart from the others because there are tens of thousands of them. */
  content(text: string): void;
  /** The same with log probabilities, where a client has asked for them. */
  scoredContent(text: string, logprobs: ChoiceLogprobs): void;
  delta(delta: ChatDelta): void;
  finish(reason: FinishReason, response: CanonicalResponse): void;
}

export interface ReducerOptions {
  reasoningCompat: ReasoningCompat;
  /** Give the tool call as `function_call`, the form that came before `tool_calls`. */
  isLegacy: boolean;
}

interface OpenToolCall {
  /** Place among the tool calls. */
  index: number;
  kind: 'function' | 'custom';
}

type TextDelta = Extract<CanonicalEvent, { type: 'response.output_text.delta' }>;
type ToolCallItem = Extract<CanonicalOutputItem, { type: 'function_call' | 'custom_tool_call' }>;
type ImageItem = Extract<CanonicalOutputItem, { type: 'image_generation_call' }>;

/** What OpenAI says of a token that is too unlikely to be told. */
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

/** The state of one choice. Its events are regular but for what transforms made of them: text is what comes in deltas. */
export class ChoiceReducer {
  private readonly sink: DeltaSink;
  private readonly reasoningCompat: ReasoningCompat;
  private readonly isLegacy: boolean;

  private hasRole = false;
  private isFinished = false;

  /** UTF-16 units of content sent; citations count from the start of the content, not of their part. */
  private contentLength = 0;
  /** The part whose text came last; a run of deltas of one part takes no look-up. */
  private lastPart = -1;
  /** Where in the content each part's text begins. */
  private readonly partStarts = new Map<number, number>();

  private lastReasoningPart: number | undefined;
  private isThinkTagOpen = false;

  private readonly toolCalls = new Map<number, OpenToolCall>();

  constructor(sink: DeltaSink, { reasoningCompat, isLegacy }: ReducerOptions) {
    this.sink = sink;
    this.reasoningCompat = reasoningCompat;
    this.isLegacy = isLegacy;
  }

  /** Events that carry nothing for a Chat Completions client, and those that this version does not know, give nothing. */
  reduce(event: CanonicalEvent): void {
    if (this.isFinished) return;
    switch (event.type) {
      case 'response.output_text.delta':
        if (event.logprobs?.length) this.addScoredText(event);
        else this.addText(toKey(event.output_index, event.content_index), event.delta);
        break;
      case 'response.output_text.annotation.added':
        this.addCitation(toKey(event.output_index, event.content_index), event.annotation);
        break;
      case 'response.refusal.delta':
        this.addRefusal(toKey(event.output_index, event.content_index), event.delta);
        break;
      case 'response.reasoning_summary_text.delta':
        this.addReasoning(event.output_index, event.summary_index, false, event.delta);
        break;
      case 'response.reasoning_text.delta':
        this.addReasoning(event.output_index, event.content_index, true, event.delta);
        break;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.addToolInput(event.output_index, event.delta);
        break;
      case 'response.output_item.added':
        if (isToolCall(event.item)) this.startToolCall(event.output_index, event.item);
        break;
      case 'response.output_item.done':
        if (event.item.type === 'image_generation_call') this.addImage(event.item);
        break;
      case 'response.completed':
      case 'response.incomplete':
        this.finish(event.response);
        break;

      // The answer has not begun, or its beginning says nothing yet.
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
      case 'response.content_part.added':
      case 'response.reasoning_summary_part.added':
      // All text has come in deltas.
      case 'response.output_text.done':
      case 'response.refusal.done':
      case 'response.content_part.done':
      case 'response.reasoning_summary_text.done':
      case 'response.reasoning_summary_part.done':
      case 'response.reasoning_text.done':
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
      // Tools that run upstream are not the client's to call; what comes of them is in the text, or in the finished item.
      case 'response.web_search_call.in_progress':
      case 'response.web_search_call.searching':
      case 'response.web_search_call.completed':
      case 'response.file_search_call.in_progress':
      case 'response.file_search_call.searching':
      case 'response.file_search_call.completed':
      case 'response.code_interpreter_call.in_progress':
      case 'response.code_interpreter_call.interpreting':
      case 'response.code_interpreter_call.completed':
      case 'response.code_interpreter_call_code.delta':
      case 'response.code_interpreter_call_code.done':
      case 'response.image_generation_call.in_progress':
      case 'response.image_generation_call.generating':
      case 'response.image_generation_call.partial_image':
      case 'response.image_generation_call.completed':
      case 'response.mcp_call.in_progress':
      case 'response.mcp_call.completed':
      case 'response.mcp_call.failed':
      case 'response.mcp_call_arguments.delta':
      case 'response.mcp_call_arguments.done':
      case 'response.mcp_list_tools.in_progress':
      case 'response.mcp_list_tools.completed':
      case 'response.mcp_list_tools.failed':
      case 'response.shell_call_command.added':
      case 'response.shell_call_command.delta':
      case 'response.shell_call_command.done':
      case 'response.shell_call_output_content.delta':
      case 'response.shell_call_output_content.done':
      case 'response.compaction.compacting':
      // No request translated here can ask for sound.
      case 'response.audio.delta':
      case 'response.audio.done':
      case 'response.audio.transcript.delta':
      case 'response.audio.transcript.done':
      // Failures are thrown before an encoder sees them.
      case 'response.failed':
      case 'error':
        break;
      default:
        event satisfies never;
    }
  }

  private addText(key: number, text: string): void {
    if (text === '') return;
    this.beginText(key, text);
    this.sink.content(text);
  }

  private addScoredText({ output_index, content_index, delta, logprobs }: TextDelta): void {
    this.beginText(toKey(output_index, content_index), delta);
    this.sink.scoredContent(delta, { content: logprobs.map(toChatLogprob), refusal: null });
  }

  private beginText(key: number, text: string): void {
    if (!this.hasRole || this.isThinkTagOpen) this.beginOutput();
    if (key !== this.lastPart) this.startPart(key);
    this.contentLength += text.length;
  }

  private addRefusal(key: number, refusal: string): void {
    if (refusal === '') return;
    this.beginOutput();
    this.startPart(key);
    this.sink.delta({ refusal });
  }

  private startPart(key: number): void {
    this.lastPart = key;
    if (!this.partStarts.has(key)) this.partStarts.set(key, this.contentLength);
  }

  private addCitation(key: number, annotation: unknown): void {
    if (!isUrlCitation(annotation)) return;
    const start = this.partStarts.get(key) ?? this.contentLength;
    const { start_index, end_index, url, title } = annotation;
    const placed = { start_index: start + start_index, end_index: start + end_index, url, title: title ?? '' };
    this.beginOutput();
    this.sink.delta({ annotations: [{ type: 'url_citation', url_citation: placed }] });
  }

  private addReasoning(outputIndex: number, partIndex: number, isRaw: boolean, text: string): void {
    if (text === '' || this.reasoningCompat === 'none') return;
    const key = toKey(outputIndex, partIndex) * 2 + Number(isRaw);
    let spoken = text;
    if (key !== this.lastReasoningPart) {
      if (this.lastReasoningPart !== undefined) spoken = partSeparators[this.reasoningCompat] + text;
      this.lastReasoningPart = key;
    }
    this.sendRole();
    switch (this.reasoningCompat) {
      case 'think-tags':
        this.sendThinking(spoken);
        break;
      case 'o3':
        this.sink.delta({ reasoning: { content: [{ type: 'text', text: spoken }] } });
        break;
      case 'legacy':
        this.sink.delta({ reasoning_summary: spoken, reasoning: spoken });
        break;
      case 'reasoning_content':
        this.sink.delta({ reasoning_content: spoken });
        break;
      case 'reasoning': {
        const detail: ReasoningDetail = isRaw
          ? { type: 'reasoning.text', text: spoken }
          : { type: 'reasoning.summary', summary: spoken };
        this.sink.delta({ reasoning: spoken, reasoning_details: [detail] });
        break;
      }
      default:
        this.reasoningCompat satisfies never;
    }
  }

  private sendThinking(text: string): void {
    const tagged = this.isThinkTagOpen ? text : `<think>${text}`;
    this.isThinkTagOpen = true;
    this.contentLength += tagged.length;
    this.sink.content(tagged);
  }

  private closeThinkTag(): void {
    if (!this.isThinkTagOpen) return;
    this.isThinkTagOpen = false;
    // Reasoning that comes later opens a block of its own, which needs no separator.
    this.lastReasoningPart = undefined;
    this.contentLength += '</think>'.length;
    this.sink.content('</think>');
  }

  private startToolCall(outputIndex: number, item: ToolCallItem): void {
    // What a transform adds need not be regular.
    if (this.toolCalls.has(outputIndex) || !item.call_id || !item.name) return;
    const index = this.toolCalls.size;
    const kind = item.type === 'function_call' ? 'function' : 'custom';
    this.toolCalls.set(outputIndex, { index, kind });
    this.beginOutput();
    if (this.isLegacy) {
      // The older form has room for one call; the request asked for one at a time.
      if (index === 0) this.sink.delta({ function_call: { name: item.name, arguments: '' } });
    } else if (kind === 'function') {
      const named = { name: item.name, arguments: '' };
      this.sink.delta({ tool_calls: [{ index, id: item.call_id, type: 'function', function: named }] });
    } else {
      const named = { name: item.name, input: '' };
      this.sink.delta({ tool_calls: [{ index, id: item.call_id, type: 'custom', custom: named }] });
    }
  }

  private addToolInput(outputIndex: number, text: string): void {
    const call = this.toolCalls.get(outputIndex);
    if (!call || text === '') return;
    const { index } = call;
    if (this.isLegacy) {
      if (index === 0) this.sink.delta({ function_call: { arguments: text } });
    } else if (call.kind === 'function') {
      this.sink.delta({ tool_calls: [{ index, function: { arguments: text } }] });
    } else {
      this.sink.delta({ tool_calls: [{ index, custom: { input: text } }] });
    }
  }

  private addImage({ result, ...item }: ImageItem): void {
    if (!result) return;
    this.beginOutput();
    const format = 'output_format' in item ? item.output_format : 'png';
    this.sink.delta({ images: [{ type: 'image_url', image_url: { url: `data:image/${format};base64,${result}` } }] });
  }

  private finish(response: CanonicalResponse): void {
    this.beginOutput();
    this.isFinished = true;
    this.sink.finish(this.toFinishReason(response), response);
  }

  private toFinishReason({ status, incomplete_details }: CanonicalResponse): FinishReason {
    if (status === 'incomplete' || incomplete_details) {
      return incomplete_details?.reason === 'content_filter' ? 'content_filter' : 'length';
    }
    if (this.toolCalls.size === 0) return 'stop';
    return this.isLegacy ? 'function_call' : 'tool_calls';
  }

  /** What comes next is no reasoning. */
  private beginOutput(): void {
    this.sendRole();
    this.closeThinkTag();
  }

  private sendRole(): void {
    if (this.hasRole) return;
    this.hasRole = true;
    this.sink.delta({ role: 'assistant', content: '' });
  }
}

function toKey(outputIndex: number, partIndex: number): number {
  return outputIndex * maxParts + partIndex;
}

/** The Responses API leaves parts of it out, which SDKs of this API have as always there. */
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
