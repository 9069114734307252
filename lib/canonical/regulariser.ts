/**
 * Makes a stream of canonical events regular, whatever the upstream's own is like: indexes without gaps; one id for an item
 * and all of its events; every item and part opened before its text and closed behind it; every text, reasoning and call
 * input in deltas, once, in place; and a terminal event that holds what was streamed. Events belong together by
 * `output_index`: some servers give an item another id in each event.
 */
import { OpenCompatError } from '../errors.ts';
import { asText, type Json } from '../lenient-json.ts';
import { inputKinds, RegularItem, toItemId, toOpenItem } from './regular-item.ts';
import { asParts, isUnknownPart, type RunKind, runKinds, TextRun, toRunKind } from './text-run.ts';
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from './types.ts';

/** Takes the regular events in order. */
export interface RegularSink {
  /**
   * The next piece of a run: apart from the others because there are tens of thousands of them.
   * @param event the delta event that it comes from; absent: the text came in another event
   */
  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined, event?: DeltaEvent): void;
  event(type: string, fields: object): void;
  /** The terminal event. @param output what has been given */
  end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void;
}

export interface RegulariserOptions {
  /** Unique; ids of items that have none are made from it. */
  id: string;
  /**
   * Where the events come from. Of an upstream, a text counts wherever it first comes: in deltas, in a `done` event, in the
   * finished item, in the terminal event. Of transforms, which are given regular events, only deltas count, so that what a
   * transform has dropped stays dropped.
   */
  source: 'upstream' | 'transforms';
}

/** An event that adds to a run of text. */
export type DeltaEvent = Extract<
  CanonicalEvent,
  {
    type:
      | 'response.output_text.delta'
      | 'response.refusal.delta'
      | 'response.reasoning_text.delta'
      | 'response.reasoning_summary_text.delta'
      | 'response.function_call_arguments.delta'
      | 'response.custom_tool_call_input.delta';
  }
>;

/** Most characters of text that are held for the events that repeat it. */
const maxHeldCharacters = 64 * 1024 * 1024;

/** Items that wait for their call's id and name: clients take neither later. */
const namedCalls: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

/** Items whose text comes in deltas. */
const textItems: ReadonlySet<unknown> = new Set(['message', 'reasoning', ...namedCalls]);

/** `response.web_search_call.searching` is of an item of the type `web_search_call`. */
const itemTypeOfEvent = /^response\.(\w+?_call|mcp_list_tools|compaction)(?:_[a-z_]+)?\.\w+$/;

export class Regulariser {
  readonly #sink: RegularSink;
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
  #heldCharacters = 0;

  constructor(sink: RegularSink, { id, source }: RegulariserOptions) {
    this.#sink = sink;
    this.#id = id;
    this.#isFromUpstream = source === 'upstream';
  }

  /** The items so far, as last given. */
  get output(): object[] {
    return this.#items.map(({ shown }) => shown);
  }

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
        this.#finishText(
          this.#runAt('output_text', event.output_index, event.content_index),
          event.text,
          event.logprobs,
        );
        break;
      case 'response.refusal.done':
        this.#finishText(this.#runAt('refusal', event.output_index, event.content_index), event.refusal);
        break;
      case 'response.reasoning_text.done':
        this.#finishText(this.#runAt('reasoning_text', event.output_index, event.content_index), event.text);
        break;
      case 'response.reasoning_summary_text.done':
        this.#finishText(this.#runAt('summary_text', event.output_index, event.summary_index), event.text);
        break;
      case 'response.function_call_arguments.done':
        this.#finishInput(this.#byIndex.get(event.output_index), event.arguments);
        break;
      case 'response.custom_tool_call_input.done':
        this.#finishInput(this.#byIndex.get(event.output_index), event.input);
        break;

      case 'response.output_text.annotation.added':
        this.#addAnnotation(this.#runAt('output_text', event.output_index, event.content_index), event.annotation);
        break;
      case 'response.content_part.added':
        this.#runAt(toRunKind(event.part.type), event.output_index, event.content_index);
        break;
      case 'response.content_part.done':
        this.#finishPart(
          this.#runAt(toRunKind(event.part.type), event.output_index, event.content_index),
          asJson(event.part),
        );
        break;
      case 'response.reasoning_summary_part.added':
        this.#runAt('summary_text', event.output_index, event.summary_index);
        break;
      case 'response.reasoning_summary_part.done':
        this.#finishPart(this.#runAt('summary_text', event.output_index, event.summary_index), asJson(event.part));
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

      // The beginning is told once, by this server; failures are thrown before an encoder sees them.
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
      case 'response.failed':
      case 'error':
        break;
      // Calls that run upstream, and events newer than this version.
      default:
        this.#forward(asJson(event));
    }
  }

  #addDelta(kind: RunKind, event: DeltaEvent, partIndex: number, logprobs?: readonly unknown[]): void {
    const outputIndex = event.output_index;
    // A token that is but a part of a character has no text of its own.
    if (event.delta === '' && !logprobs?.length) return;
    let run = this.#lastRun;
    if (!run || outputIndex !== this.#lastOutputIndex || partIndex !== this.#lastPartIndex || kind !== run.kind) {
      run = this.#runAt(kind, outputIndex, partIndex);
      if (!run) return;
      this.#lastRun = run;
      this.#lastOutputIndex = outputIndex;
      this.#lastPartIndex = partIndex;
    }
    if (!run.isTextDone) this.#send(run, event.delta, logprobs, event);
  }

  #send(run: TextRun, text: string, logprobs?: readonly unknown[], event?: DeltaEvent): void {
    this.#heldCharacters += text.length;
    if (this.#heldCharacters > maxHeldCharacters) {
      const reason = `The answer is longer than ${maxHeldCharacters} characters.`;
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
    }
    run.text += text;
    if (logprobs?.length) run.logprobs.push(...logprobs);
    this.#sink.delta(run, text, logprobs, event);
  }

  /** The run at a place, opened if need be, with its item; undefined where a call is not named yet. */
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
      item.input ??= new TextRun(kind, at);
      return item.input;
    }
    const runs = kind === 'summary_text' ? item.summaries : item.parts;
    const found = runs.get(partIndex);
    if (found) return found.kind === kind ? found : undefined;
    if (item.isDone || item.type !== (kind === 'output_text' || kind === 'refusal' ? 'message' : 'reasoning')) {
      return undefined;
    }
    const index = kind === 'summary_text' ? 'summary_index' : 'content_index';
    const run = new TextRun(kind, { ...at, [index]: runs.size });
    runs.set(partIndex, run);
    this.#sink.event(`${run.facts.part}.added`, { ...run.place, part: run.emptyPart });
    return run;
  }

  /** What came in deltas counts; a text of the upstream's that was never streamed is sent as one. */
  #sendOnce(run: TextRun, text: unknown, logprobs?: readonly unknown[]): void {
    if (!this.#isFromUpstream || run.text !== '' || typeof text !== 'string' || text === '') return;
    this.#send(run, text, run.logprobs.length === 0 ? logprobs : undefined);
  }

  /** @param isLast nothing can come for it any more */
  #finishText(run: TextRun | undefined, text: unknown, logprobs?: readonly unknown[], isLast = false): void {
    if (!run || run.isTextDone) return;
    this.#sendOnce(run, text, logprobs);
    if (!isLast && this.#mayStillCome(run)) return;
    run.isTextDone = true;
    const { event, field } = run.facts;
    const extra = run.kind === 'output_text' ? { logprobs: run.logprobs } : {};
    this.#sink.event(`${event}.done`, { ...run.place, [field]: run.text, ...extra });
  }

  #finishInput(item: RegularItem | undefined, text: string, isLast = false): void {
    const kind = item && inputKinds[item.type];
    const run = kind && this.#runOf(item, kind, 0);
    if (!run || run.isTextDone) return;
    this.#sendOnce(run, text);
    if (!isLast && this.#mayStillCome(run)) return;
    run.isTextDone = true;
    const name = kind === 'arguments' ? { name: item.shown.name } : {};
    this.#sink.event(`${run.facts.event}.done`, { ...run.place, ...name, [run.facts.field]: run.text });
  }

  /** A `done` event without the text: the finished part or item may hold it. */
  #mayStillCome(run: TextRun): boolean {
    return this.#isFromUpstream && run.text === '';
  }

  #addAnnotation(run: TextRun | undefined, annotation: unknown): void {
    if (!run || run.isClosed) return;
    const annotation_index = run.annotations.push(annotation) - 1;
    this.#sink.event('response.output_text.annotation.added', { ...run.place, annotation_index, annotation });
  }

  /** The upstream has closed the part. */
  #finishPart(run: TextRun | undefined, part: Json): void {
    if (!run || run.isClosed) return;
    if (!run.isTextDone) this.#sendOnce(run, part[run.facts.field], toList(part.logprobs));
    if (this.#mayStillCome(run)) run.part = part;
    else this.#closePart(run, part);
  }

  /** @param part as the upstream gives it; absent: it gave none */
  #closePart(run: TextRun | undefined, part: Json = {}): void {
    if (!run || run.isClosed) return;
    const logprobs = toList(part.logprobs);
    const text = part[run.facts.field];
    if (!run.isTextDone) this.#sendOnce(run, text, logprobs);
    if (this.#isFromUpstream && Array.isArray(part.annotations)) {
      for (const annotation of part.annotations.slice(run.annotations.length)) this.#addAnnotation(run, annotation);
    }
    // They spell the text: another text has others.
    if (run.logprobs.length === 0 && (this.#isFromUpstream || run.text === text)) run.logprobs.push(...logprobs);
    this.#finishText(run, text, undefined, true);
    run.isClosed = true;
    run.part = { ...run.part, ...part };
    this.#sink.event(`${run.facts.part}.done`, { ...run.place, part: run.finishedPart });
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
    this.#items.push(item);
    this.#byIndex.set(outputIndex, item);
    this.#sink.event('response.output_item.added', { output_index: index, item: item.shown });
    return item;
  }

  #completeItem(outputIndex: number, source: Json): void {
    const found = this.#byIndex.get(outputIndex);
    if (found?.isDone || (!found && typeof source.type !== 'string')) return;
    // A transform has dropped its beginning, and so the item.
    if (!found && !this.#isFromUpstream && textItems.has(source.type)) return;
    const named =
      namedCalls.has(source.type) && !asText(source.call_id) ? { ...source, call_id: this.#toCallId() } : source;
    const item = found ?? this.#openItem(outputIndex, named);
    item.noteId(source.id);
    this.#finishItem(item, item.type === source.type ? named : {});
  }

  #toCallId(): string {
    return `call_${this.#id}_${this.#items.length}`;
  }

  /** @param source the item as the upstream gives it; what it leaves out is as it was shown */
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
        const { field } = runKinds[inputKinds[item.type]!];
        this.#finishInput(item, asText(source[field]) ?? '', true);
        finished[field] = item.input!.text;
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
      const run = item.parts.get(index) ?? streamed[index];
      this.#closePart(run ?? (this.#isFromUpstream ? this.#runOf(item, kind, index) : undefined), part);
    });
    for (const run of item.parts.values()) this.#closePart(run);
  }

  /** A server that streamed one form of the reasoning may give the other at the end: that is not streamed again. */
  #finishReasoning(item: RegularItem, source: Json, finished: Json): void {
    const hasSummary = hasText(item.summaries);
    const hasContent = hasText(item.parts);
    if (hasSummary || !hasContent) {
      asParts(source.summary).forEach((part, index) => {
        const run = this.#isFromUpstream ? this.#runOf(item, 'summary_text', index) : item.summaries.get(index);
        this.#closePart(run, part);
      });
    }
    if (hasContent || !hasSummary) this.#closeParts(item, asParts(source.content), 'reasoning_text');
    for (const run of [...item.summaries.values(), ...item.parts.values()]) this.#closePart(run);
    const content = finishedParts(item.parts);
    finished.summary = finishedParts(item.summaries);
    if (content.length > 0) finished.content = content;
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

  /**
   * Takes from the terminal event what was never streamed, or never finished. Places in its list need not be the streamed
   * `output_index`es, nor ids the same: an item is known by its id or its call's, else it is the next of its type.
   */
  #completeOutput(output: readonly CanonicalOutputItem[]): void {
    const rest = new Set(this.#items);
    const open: [Json, RegularItem | undefined][] = output.map((source) => {
      const item = asJson(source);
      const match = findFirst(
        rest,
        ({ type, upstreamIds, shown }) =>
          type === item.type &&
          (upstreamIds.has(String(item.id)) || Boolean(asText(item.call_id) && shown.call_id === item.call_id)),
      );
      if (match) rest.delete(match);
      return [item, match];
    });
    open.forEach(([source, match], index) => {
      const item = match ?? findFirst(rest, ({ type }) => type === source.type);
      if (item) {
        rest.delete(item);
        if (!item.isDone) this.#finishItem(item, source);
      } else {
        // Below zero, out of the way of every streamed item.
        this.#completeItem(-1 - index, source);
      }
    });
  }
}

/** Nearly always it is the first. */
function findFirst<T>(values: ReadonlySet<T>, isWanted: (value: T) => boolean): T | undefined {
  for (const value of values) if (isWanted(value)) return value;
  return undefined;
}

function asJson(value: object): Json {
  return value as Json;
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function hasText(runs: ReadonlyMap<number, TextRun>): boolean {
  return [...runs.values()].some(({ text }) => text !== '');
}

function finishedParts(runs: ReadonlyMap<number, TextRun>): object[] {
  return [...runs.values()].map((run) => run.finishedPart);
}
