/**
 * Makes any upstream's stream of canonical events regular: indexes without gaps; one id for an item and all of its events;
 * every item and part opened before its text and closed after it; every text, reasoning and call input in deltas, once, in
 * place; and a terminal event that holds what was streamed. Events belong together by `output_index`: some servers give an item
 * another id in each event.
 */
import { asText, type Json } from '../lenient-json.ts';
import {
  inputKinds,
  itemTypeOfEvent,
  matchItems,
  measureItem,
  namedCalls,
  RegularItem,
  textItems,
  toItemId,
  toOpenItem,
} from './regular-item.ts';
import { type DeltaEvent, type RegularSink, RunWriter, type RunWriterOptions } from './run-writer.ts';
import {
  asParts,
  finishedParts,
  hasText,
  isUnknownPart,
  type RunKind,
  runKinds,
  TextRun,
  toRunKind,
} from './text-run.ts';
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from './types.ts';

export interface RegulariserOptions extends RunWriterOptions {
  /** Unique; items without an id get one made from it. */
  id: string;
}

export class Regulariser {
  readonly #sink: RegularSink;
  readonly #runs: RunWriter;
  readonly #id: string;
  readonly #isFromUpstream: boolean;
  #hasEnded = false;
  readonly #items: RegularItem[] = [];
  /** By the upstream's `output_index`. */
  readonly #byIndex = new Map<number, RegularItem>();
  readonly #ids = new Set<string>();
  /** The run that the last delta went to: deltas come in long rows. */
  #lastRun: TextRun | undefined;
  #lastOutputIndex = -1;
  #lastPartIndex = -1;

  constructor(sink: RegularSink, { id, ...options }: RegulariserOptions) {
    this.#sink = sink;
    this.#runs = new RunWriter(sink, options);
    this.#id = id;
    this.#isFromUpstream = options.source === 'upstream';
  }

  /** The items so far, as last given. */
  get output(): object[] {
    return this.#items.map(({ shown }) => shown);
  }

  /** Is no item under way? */
  get isBetweenItems(): boolean {
    return this.#items.every(({ isDone }) => isDone);
  }

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a flat switch, one case for each event
  take(event: CanonicalEvent): void {
    if (this.#hasEnded) return;
    switch (event.type) {
      case 'response.output_text.delta':
        this.#addDelta('output_text', event, event.content_index, event.logprobs);
        break;
      case 'response.refusal.delta':
        this.#addDelta('refusal', event, event.content_index);
        break;
      case 'response.reasoning_text.delta':
        this.#addDelta('reasoning_text', event, event.content_index);
        break;
      case 'response.reasoning_summary_text.delta':
        this.#addDelta('summary_text', event, event.summary_index);
        break;
      case 'response.function_call_arguments.delta':
        this.#addDelta('arguments', event, 0);
        break;
      case 'response.custom_tool_call_input.delta':
        this.#addDelta('input', event, 0);
        break;

      case 'response.output_text.done':
        this.#offerText('output_text', event.output_index, event.content_index, event.text, event.logprobs);
        break;
      case 'response.refusal.done':
        this.#offerText('refusal', event.output_index, event.content_index, event.refusal);
        break;
      case 'response.reasoning_text.done':
        this.#offerText('reasoning_text', event.output_index, event.content_index, event.text);
        break;
      case 'response.reasoning_summary_text.done':
        this.#offerText('summary_text', event.output_index, event.summary_index, event.text);
        break;
      case 'response.function_call_arguments.done':
        this.#offerText('arguments', event.output_index, 0, event.arguments);
        break;
      case 'response.custom_tool_call_input.done':
        this.#offerText('input', event.output_index, 0, event.input);
        break;

      case 'response.output_text.annotation.added':
        this.#addAnnotation(event.output_index, event.content_index, event.annotation);
        break;
      case 'response.content_part.added':
        this.#runAt(toRunKind(event.part.type), event.output_index, event.content_index);
        break;
      case 'response.content_part.done':
        this.#offerPart(toRunKind(event.part.type), event.output_index, event.content_index, asJson(event.part));
        break;
      case 'response.reasoning_summary_part.added':
        this.#runAt('summary_text', event.output_index, event.summary_index);
        break;
      case 'response.reasoning_summary_part.done':
        this.#offerPart('summary_text', event.output_index, event.summary_index, asJson(event.part));
        break;

      case 'response.output_item.added':
        this.#addItem(event.output_index, asJson(event.item));
        break;
      case 'response.output_item.done':
        this.#completeItem(event.output_index, asJson(event.item));
        break;
      case 'response.completed':
        this.#end('completed', event.response);
        break;
      case 'response.incomplete':
        this.#end('incomplete', event.response);
        break;

      // The beginning is told once, by this server; failures are thrown before this.
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
      case 'response.failed':
      case 'error':
        break;
      // Events of calls that run upstream, and events newer than this version.
      default:
        this.#forward(asJson(event));
    }
  }

  #addDelta(kind: RunKind, event: DeltaEvent, partIndex: number, logprobs?: readonly unknown[]): void {
    const outputIndex = event.output_index;
    // A token that holds only a part of a character has no text of its own.
    if (event.delta === '' && !logprobs?.length) return;
    let run = this.#lastRun;
    if (!run || outputIndex !== this.#lastOutputIndex || partIndex !== this.#lastPartIndex || kind !== run.kind) {
      run = this.#runAt(kind, outputIndex, partIndex);
      if (!run) return;
      this.#lastRun = run;
      this.#lastOutputIndex = outputIndex;
      this.#lastPartIndex = partIndex;
    }
    if (!run.isTextDone) this.#runs.send(run, event.delta, logprobs, event);
  }

  #offerText(
    kind: RunKind,
    outputIndex: number,
    partIndex: number,
    text: unknown,
    logprobs?: readonly unknown[],
  ): void {
    const run = this.#runAt(kind, outputIndex, partIndex);
    if (run) this.#runs.offerText(run, text, logprobs);
  }

  #offerPart(kind: RunKind | undefined, outputIndex: number, partIndex: number, part: Json): void {
    const run = this.#runAt(kind, outputIndex, partIndex);
    if (run) this.#runs.offerPart(run, part);
  }

  #addAnnotation(outputIndex: number, partIndex: number, annotation: unknown): void {
    const run = this.#runAt('output_text', outputIndex, partIndex);
    if (run) this.#runs.annotate(run, annotation);
  }

  /** The run at a place, opened with its item if need be; undefined while its call has no name yet. */
  #runAt(kind: RunKind | undefined, outputIndex: number, partIndex: number): TextRun | undefined {
    if (kind === undefined) return undefined;
    let item = this.#byIndex.get(outputIndex);
    if (!item) {
      if (kind === 'arguments' || kind === 'input') return undefined;
      const type = kind === 'output_text' || kind === 'refusal' ? 'message' : 'reasoning';
      item = this.#openItem(outputIndex, { type });
    }
    return this.#runOf(item, kind, partIndex);
  }

  #runOf(item: RegularItem, kind: RunKind, partIndex: number): TextRun | undefined {
    const at = { item_id: item.id, output_index: item.index };
    if (kind === 'arguments' || kind === 'input') {
      if (inputKinds[item.type] !== kind) return undefined;
      item.input ??= new TextRun(kind, at, kind === 'arguments' ? { name: item.shown.name } : {});
      return item.input;
    }
    const runs = kind === 'summary_text' ? item.summaries : item.parts;
    const found = runs.get(partIndex);
    if (found) return found.kind === kind ? found : undefined;
    if (item.isDone || item.type !== (kind === 'output_text' || kind === 'refusal' ? 'message' : 'reasoning')) {
      return undefined;
    }
    const index = kind === 'summary_text' ? 'summary_index' : 'content_index';
    this.#runs.countOpened();
    for (const before of runs.values()) if (before.isOver) this.#runs.close(before);
    const run = new TextRun(kind, { ...at, [index]: runs.size });
    runs.set(partIndex, run);
    this.#runs.open(run);
    return run;
  }

  /** After a transform only deltas add text: what it dropped must not come back with the finished item. */
  #newRunOf(item: RegularItem, kind: RunKind, partIndex: number): TextRun | undefined {
    return this.#isFromUpstream ? this.#runOf(item, kind, partIndex) : undefined;
  }

  #addItem(outputIndex: number, item: Json): void {
    const open = this.#byIndex.get(outputIndex);
    if (open) {
      open.noteId(item.id);
      return;
    }
    if (typeof item.type !== 'string') return;
    if (namedCalls.has(item.type) && !(asText(item.call_id) && asText(item.name))) return;
    this.#openItem(outputIndex, item);
  }

  #openItem(outputIndex: number, source: Json): RegularItem {
    const index = this.#items.length;
    const id = toItemId(source, index, this.#id, this.#ids);
    const item = new RegularItem(index, id, toOpenItem(source, id));
    item.noteId(source.id);
    this.#runs.countOpened();
    this.#items.push(item);
    this.#byIndex.set(outputIndex, item);
    this.#sink.event('response.output_item.added', { output_index: index, item: item.shown });
    return item;
  }

  #completeItem(outputIndex: number, source: Json): void {
    const found = this.#byIndex.get(outputIndex);
    if (found?.isDone || (!found && typeof source.type !== 'string')) return;
    // A transform has dropped its beginning, and with it the item.
    if (!found && !this.#isFromUpstream && textItems.has(source.type)) return;
    const callId = asText(source.call_id) ?? `call_${this.#id}_${this.#items.length}`;
    const named = namedCalls.has(source.type) ? { ...source, call_id: callId } : source;
    const item = found ?? this.#openItem(outputIndex, named);
    item.noteId(source.id);
    this.#runs.hold(measureItem(source));
    this.#finishItem(item, item.type === source.type ? named : {});
  }

  /** @param source the item as the upstream gives it; fields that it leaves out stay as they were shown */
  #finishItem(item: RegularItem, source: Json): void {
    const finished: Json = { ...item.shown, ...source, id: item.id };
    switch (item.type) {
      case 'message':
        this.#closeParts(item, asParts(source.content), 'output_text');
        finished.content = [...finishedParts(item.parts), ...asParts(source.content).filter(isUnknownPart)];
        break;
      case 'reasoning':
        this.#finishReasoning(item, source, finished);
        break;
      case 'function_call':
      case 'custom_tool_call': {
        // Clients know the call by what they were shown when it began.
        finished.call_id = item.shown.call_id;
        finished.name = item.shown.name;
        const kind = inputKinds[item.type]!;
        const run = this.#runOf(item, kind, 0)!;
        this.#runs.close(run, source);
        finished[runKinds[kind].field] = run.text;
      }
    }
    if (finished.status === 'in_progress') finished.status = 'completed';
    item.shown = finished;
    item.isDone = true;
    this.#sink.event('response.output_item.done', { output_index: item.index, item: finished });
  }

  #closeParts(item: RegularItem, parts: readonly Json[], fallback: RunKind): void {
    const streamed = [...item.parts.values()];
    parts.forEach((part, index) => {
      if (isUnknownPart(part)) return;
      const kind = toRunKind(part.type) ?? fallback;
      const run = item.parts.get(index) ?? streamed[index] ?? this.#newRunOf(item, kind, index);
      if (run) this.#runs.close(run, part);
    });
    for (const run of item.parts.values()) this.#runs.close(run);
  }

  /** A server that streamed the reasoning in one form may repeat it in the other form at the end: it is not streamed again. */
  #finishReasoning(item: RegularItem, source: Json, finished: Json): void {
    const hasSummary = hasText(item.summaries);
    const hasContent = hasText(item.parts);
    if (hasSummary || !hasContent) {
      asParts(source.summary).forEach((part, index) => {
        const run = item.summaries.get(index) ?? this.#newRunOf(item, 'summary_text', index);
        if (run) this.#runs.close(run, part);
      });
    }
    if (hasContent || !hasSummary) this.#closeParts(item, asParts(source.content), 'reasoning_text');
    for (const run of [...item.summaries.values(), ...item.parts.values()]) this.#runs.close(run);
    const content = finishedParts(item.parts);
    finished.summary = finishedParts(item.summaries);
    if (content.length > 0 || Array.isArray(source.content)) finished.content = content;
    else delete finished.content;
  }

  /** An event of an item that is passed on with its own fields, at the item's place in this answer. */
  #forward(event: Json): void {
    const { type, sequence_number: _number, obfuscation: _noise, ...fields } = event;
    const name = String(type);
    if (typeof fields.output_index === 'number') {
      const itemType = itemTypeOfEvent.exec(name)?.[1];
      let item = this.#byIndex.get(fields.output_index);
      if (!item && itemType) item = this.#openItem(fields.output_index, { type: itemType, status: 'in_progress' });
      if (!item || item.isDone) return;
      if ('item_id' in fields) fields.item_id = item.id;
      fields.output_index = item.index;
    }
    this.#sink.event(name, fields);
  }

  #end(status: 'completed' | 'incomplete', response: CanonicalResponse): void {
    if (this.#isFromUpstream) this.#completeOutput(response.output);
    for (const item of this.#items) if (!item.isDone) this.#finishItem(item, { status });
    this.#hasEnded = true;
    this.#sink.end(status, response, this.output);
  }

  /** Adds what only the terminal event holds: items never streamed, or never finished. */
  #completeOutput(output: readonly CanonicalOutputItem[]): void {
    matchItems(output.map(asJson), this.#items).forEach(([source, item], index) => {
      // Negative, so that it never meets a streamed item's index.
      if (!item) this.#completeItem(-1 - index, source);
      else if (!item.isDone) this.#finishItem(item, source);
    });
  }
}

function asJson(value: object): Json {
  return value as Json;
}
