/**
 * Canonical events → the events of a Responses answer as its strictest clients read them, whatever the upstream's own
 * are like: `response.created` first; indexes without gaps; one id for an item and all of its events; every item and part
 * opened before its text and closed behind it, also when the upstream sent it only at the end; one terminal event, which
 * holds what was streamed. Events belong together by `output_index`: some servers give an item another id in each event.
 */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from '../../canonical/types.ts';
import { OpenCompatError, type PublicError } from '../../errors.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { type ResponseObject, toResponseError, toResponseUsage } from './response-object.ts';
import { type RunKind, runKinds, TextRun } from './text-run.ts';

/** Takes the events in order. */
export interface EventSink {
  /** The next piece of a run: apart from the others because there are tens of thousands of them. */
  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void;
  event(type: string, fields: object): void;
}

export interface AnswerWriterOptions {
  /** The answer before anything of it is known. */
  response: ResponseObject;
  /** Unique; ids of items that have none are made from it. */
  id: string;
  /** Takes the finished answer. */
  keep?(response: CanonicalResponse): void;
}

/** Most characters of text that are held for the terminal event, which repeats all of it. */
const maxHeldCharacters = 64 * 1024 * 1024;

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  image_generation_call: 'ig',
  local_shell_call: 'lsh',
};

/** Items that wait for their call's id and name: clients take neither later. */
const namedCalls: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

const inputKinds: Readonly<Record<string, RunKind>> = { function_call: 'arguments', custom_tool_call: 'input' };

/** `response.web_search_call.searching` is of an item of the type `web_search_call`. */
const itemTypeOfEvent = /^response\.(\w+?_call|mcp_list_tools|compaction)(?:_[a-z_]+)?\.\w+$/;

class WrittenItem {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  /** The upstream's ids for it. */
  readonly upstreamIds = new Set<string>();
  /** By the upstream's index of the part. */
  readonly parts = new Map<number, TextRun>();
  readonly summaries = new Map<number, TextRun>();
  input: TextRun | undefined;
  /** As last shown to the client. */
  shown: Json;
  isDone = false;

  constructor(index: number, id: string, shown: Json) {
    this.index = index;
    this.id = id;
    this.type = String(shown.type);
    this.shown = shown;
  }

  noteId(id: unknown): void {
    if (typeof id === 'string') this.upstreamIds.add(id);
  }
}

export class AnswerWriter {
  readonly #sink: EventSink;
  readonly #options: AnswerWriterOptions;
  #response: ResponseObject;
  #hasBegun = false;
  #hasEnded = false;
  readonly #items: WrittenItem[] = [];
  /** By the upstream's `output_index`. */
  readonly #byIndex = new Map<number, WrittenItem>();
  readonly #ids = new Set<string>();
  /** The run that the last delta went to: deltas come in long rows. */
  #lastRun: TextRun | undefined;
  #lastOutputIndex = -1;
  #lastPartIndex = -1;
  #heldCharacters = 0;

  constructor(sink: EventSink, options: AnswerWriterOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#response = options.response;
  }

  /** The answer so far; the whole of it when the terminal event has been taken. */
  get response(): ResponseObject {
    return this.#response;
  }

  take(event: CanonicalEvent): void {
    if (this.#hasEnded) return;
    if (!this.#hasBegun) this.#begin();
    switch (event.type) {
      case 'response.output_text.delta':
        this.#addDelta('output_text', event.output_index, event.content_index, event.delta, event.logprobs);
        break;
      case 'response.refusal.delta':
        this.#addDelta('refusal', event.output_index, event.content_index, event.delta);
        break;
      case 'response.reasoning_text.delta':
        this.#addDelta('reasoning_text', event.output_index, event.content_index, event.delta);
        break;
      case 'response.reasoning_summary_text.delta':
        this.#addDelta('summary_text', event.output_index, event.summary_index, event.delta);
        break;
      case 'response.function_call_arguments.delta':
        this.#addDelta('arguments', event.output_index, 0, event.delta);
        break;
      case 'response.custom_tool_call_input.delta':
        this.#addDelta('input', event.output_index, 0, event.delta);
        break;

      case 'response.output_text.done':
        this.#finishText(this.#runAt('output_text', event.output_index, event.content_index), event.text);
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
        this.#closePart(
          this.#runAt(toRunKind(event.part.type), event.output_index, event.content_index),
          asJson(event.part),
        );
        break;
      case 'response.reasoning_summary_part.added':
        this.#runAt('summary_text', event.output_index, event.summary_index);
        break;
      case 'response.reasoning_summary_part.done':
        this.#closePart(this.#runAt('summary_text', event.output_index, event.summary_index), asJson(event.part));
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

  /** Ends the answer with an error. */
  fail(error: PublicError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (!this.#hasBegun) {
      const { code, message, param } = error;
      this.#sink.event('error', { code, message, param });
      return;
    }
    const output = this.#items.map(({ shown }) => shown);
    this.#response = { ...this.#response, status: 'failed', error: toResponseError(error), output };
    this.#sink.event('response.failed', { response: this.#response });
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#sink.event('response.created', { response: this.#response });
    this.#sink.event('response.in_progress', { response: this.#response });
  }

  #addDelta(kind: RunKind, outputIndex: number, partIndex: number, text: string, logprobs?: readonly unknown[]): void {
    if (text === '') return;
    let run = this.#lastRun;
    if (!run || outputIndex !== this.#lastOutputIndex || partIndex !== this.#lastPartIndex || kind !== run.kind) {
      run = this.#runAt(kind, outputIndex, partIndex);
      if (!run) return;
      this.#lastRun = run;
      this.#lastOutputIndex = outputIndex;
      this.#lastPartIndex = partIndex;
    }
    if (!run.isTextDone) this.#send(run, text, logprobs);
  }

  #send(run: TextRun, text: string, logprobs?: readonly unknown[]): void {
    this.#heldCharacters += text.length;
    if (this.#heldCharacters > maxHeldCharacters) {
      const reason = `The answer is longer than ${maxHeldCharacters} characters.`;
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
    }
    run.text += text;
    if (logprobs?.length) run.logprobs.push(...logprobs);
    this.#sink.delta(run, text, logprobs);
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

  #runOf(item: WrittenItem, kind: RunKind, partIndex: number): TextRun | undefined {
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

  /** What came in deltas counts; a text that was never streamed is sent as one. */
  #finishText(run: TextRun | undefined, text: unknown): void {
    if (!run || run.isTextDone) return;
    if (run.text === '' && typeof text === 'string' && text !== '') this.#send(run, text);
    run.isTextDone = true;
    const { event, field } = run.facts;
    const extra = run.kind === 'output_text' ? { logprobs: run.logprobs } : {};
    this.#sink.event(`${event}.done`, { ...run.place, [field]: run.text, ...extra });
  }

  #finishInput(item: WrittenItem | undefined, text: string): void {
    const kind = item && inputKinds[item.type];
    const run = kind && this.#runOf(item, kind, 0);
    if (!run || run.isTextDone) return;
    if (run.text === '' && text !== '') this.#send(run, text);
    run.isTextDone = true;
    const name = kind === 'arguments' ? { name: item.shown.name } : {};
    this.#sink.event(`${run.facts.event}.done`, { ...run.place, ...name, [run.facts.field]: run.text });
  }

  #addAnnotation(run: TextRun | undefined, annotation: unknown): void {
    if (!run || run.isClosed) return;
    const annotation_index = run.annotations.push(annotation) - 1;
    this.#sink.event('response.output_text.annotation.added', { ...run.place, annotation_index, annotation });
  }

  /** @param part as the upstream gives it; absent: it gave none */
  #closePart(run: TextRun | undefined, part: Json = {}): void {
    if (!run || run.isClosed) return;
    const { annotations, logprobs } = part;
    if (Array.isArray(annotations)) {
      for (const annotation of annotations.slice(run.annotations.length)) this.#addAnnotation(run, annotation);
    }
    if (Array.isArray(logprobs) && run.logprobs.length === 0) run.logprobs.push(...logprobs);
    this.#finishText(run, part[run.facts.field]);
    run.isClosed = true;
    run.part = part;
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

  #openItem(outputIndex: number, source: Json): WrittenItem {
    const index = this.#items.length;
    const id = this.#toItemId(source, index);
    const item = new WrittenItem(index, id, toOpenItem(source, id));
    item.noteId(source.id);
    this.#items.push(item);
    this.#byIndex.set(outputIndex, item);
    this.#sink.event('response.output_item.added', { output_index: index, item: item.shown });
    return item;
  }

  /** The upstream's, as long as it is one and of no other item. */
  #toItemId({ id, type }: Json, index: number): string {
    const own = `${idPrefixes[String(type)] ?? 'item'}_${this.#options.id}_${index}`;
    const taken = typeof id === 'string' && id !== '' && !this.#ids.has(id) ? id : own;
    this.#ids.add(taken);
    return taken;
  }

  #completeItem(outputIndex: number, source: Json): void {
    const found = this.#byIndex.get(outputIndex);
    if (found?.isDone || (!found && typeof source.type !== 'string')) return;
    const named =
      namedCalls.has(source.type) && !asText(source.call_id) ? { ...source, call_id: this.#toCallId() } : source;
    const item = found ?? this.#openItem(outputIndex, named);
    item.noteId(source.id);
    this.#finishItem(item, item.type === source.type ? named : {});
  }

  #toCallId(): string {
    return `call_${this.#options.id}_${this.#items.length}`;
  }

  /** @param source the item as the upstream gives it; what it leaves out is as it was shown */
  #finishItem(item: WrittenItem, source: Json): void {
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
        this.#finishInput(item, asText(source[field]) ?? '');
        finished[field] = item.input!.text;
      }
    }
    if (finished.status === 'in_progress') finished.status = 'completed';
    item.shown = finished;
    item.isDone = true;
    this.#sink.event('response.output_item.done', { output_index: item.index, item: finished });
  }

  #closeParts(item: WrittenItem, parts: readonly Json[], fallback: RunKind): void {
    const streamed = [...item.parts.values()];
    parts.forEach((part, index) => {
      if (isUnknownPart(part)) return;
      const kind = toRunKind(part.type) ?? fallback;
      this.#closePart(item.parts.get(index) ?? streamed[index] ?? this.#runOf(item, kind, index), part);
    });
    for (const run of item.parts.values()) this.#closePart(run);
  }

  /** A server that streamed one form of the reasoning may give the other at the end: that is not streamed again. */
  #finishReasoning(item: WrittenItem, source: Json, finished: Json): void {
    const hasSummary = hasText(item.summaries);
    const hasContent = hasText(item.parts);
    if (hasSummary || !hasContent) {
      asParts(source.summary).forEach((part, index) => {
        this.#closePart(this.#runOf(item, 'summary_text', index), part);
      });
    }
    if (hasContent || !hasSummary) this.#closeParts(item, asParts(source.content), 'reasoning_text');
    for (const run of [...item.summaries.values(), ...item.parts.values()]) this.#closePart(run);
    const summary = finishedParts(item.summaries);
    const content = finishedParts(item.parts);
    finished.summary = summary.length > 0 ? summary : asParts(source.summary);
    if (content.length > 0) finished.content = content;
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
    this.#completeOutput(response.output);
    for (const item of this.#items) if (!item.isDone) this.#finishItem(item, { status });
    this.#hasEnded = true;
    this.#response = {
      ...this.#response,
      status,
      completed_at: status === 'completed' ? (response.completed_at ?? null) : null,
      incomplete_details: status === 'incomplete' ? (response.incomplete_details ?? null) : null,
      output: this.#items.map(({ shown }) => shown),
      service_tier: response.service_tier ?? 'default',
      usage: toResponseUsage(response.usage),
    };
    this.#options.keep?.(this.#response as unknown as CanonicalResponse);
    this.#sink.event(`response.${status}`, { response: this.#response });
  }

  /**
   * Takes from the terminal event what was never streamed, or never finished. Places in its list need not be the streamed
   * `output_index`es, nor ids the same: an item is known by its id or its call's, else it is the next of its type.
   */
  #completeOutput(output: readonly CanonicalOutputItem[]): void {
    const rest = new Set(this.#items);
    const open: [Json, WrittenItem | undefined][] = output.map((source) => {
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

function asParts(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((part): part is Json => asObject(part) !== undefined) : [];
}

/** Undefined for parts that this version does not know: they come with their finished item. */
function toRunKind(type: unknown): RunKind | undefined {
  return type === 'output_text' || type === 'refusal' || type === 'reasoning_text' ? type : undefined;
}

function isUnknownPart({ type }: Json): boolean {
  return typeof type === 'string' && toRunKind(type) === undefined && type !== 'summary_text';
}

function hasText(runs: ReadonlyMap<number, TextRun>): boolean {
  return [...runs.values()].some(({ text }) => text !== '');
}

function finishedParts(runs: ReadonlyMap<number, TextRun>): object[] {
  return [...runs.values()].map((run) => run.finishedPart);
}

/** An item as it begins: its text comes in deltas, also where the upstream gave some of it at once. */
function toOpenItem(source: Json, id: string): Json {
  const { id: _id, type, ...rest } = source;
  switch (type) {
    case 'message':
      return { id, type, role: 'assistant', ...rest, status: 'in_progress', content: [] };
    case 'reasoning': {
      const { content: _content, ...others } = rest;
      return { id, type, ...others, summary: [] };
    }
    case 'function_call':
      return { id, type, ...rest, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { id, type, ...rest, input: '' };
    default:
      return { id, type, ...rest };
  }
}
