/** Text that comes in deltas: a part of a message or of reasoning, or the input of a call. */
import { asObject, type Json } from '../lenient-json.ts';

export type RunKind = 'output_text' | 'refusal' | 'reasoning_text' | 'summary_text' | 'arguments' | 'input';

interface KindFacts {
  /** The names of its events, without `.delta` and `.done`. */
  readonly event: string;
  /** The field that holds its whole text in the `.done` event and in the item. */
  readonly field: 'text' | 'refusal' | 'arguments' | 'input';
  /** The field that holds its index in the item; absent: the item has only this one. */
  readonly index?: 'content_index' | 'summary_index';
  /** The names of the events that open and close it, without `.added` and `.done`. */
  readonly part?: string;
}

export const runKinds = {
  output_text: {
    event: 'response.output_text',
    field: 'text',
    index: 'content_index',
    part: 'response.content_part',
  },
  refusal: { event: 'response.refusal', field: 'refusal', index: 'content_index', part: 'response.content_part' },
  reasoning_text: {
    event: 'response.reasoning_text',
    field: 'text',
    index: 'content_index',
    part: 'response.content_part',
  },
  summary_text: {
    event: 'response.reasoning_summary_text',
    field: 'text',
    index: 'summary_index',
    part: 'response.reasoning_summary_part',
  },
  arguments: { event: 'response.function_call_arguments', field: 'arguments' },
  input: { event: 'response.custom_tool_call_input', field: 'input' },
} as const satisfies Record<RunKind, KindFacts>;

/** A run's place, which each of its events names. */
export interface RunPlace {
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index?: number;
  readonly summary_index?: number;
}

/** Deltas that are put together at a time. */
const deltasOfPiece = 128;

export class TextRun {
  readonly kind: RunKind;
  readonly facts: KindFacts;
  readonly place: RunPlace;
  /** Further fields of its `.done` event. */
  readonly doneFields: object;
  #text = '';
  /** The last deltas: V8 would keep a sum of them as a tree with a node for each, which it has to copy and trace. */
  readonly #deltas: string[] = [];
  readonly annotations: unknown[] = [];
  readonly logprobs: unknown[] = [];
  /** Its `.done` event has been sent. */
  isTextDone = false;
  /** The upstream has closed its part, but without the text. */
  isOver = false;
  /** The part around it has been closed. */
  isClosed = false;
  /** The upstream's further fields of the finished part. */
  part: object = {};

  constructor(kind: RunKind, place: RunPlace, doneFields: object = {}) {
    this.kind = kind;
    this.doneFields = doneFields;
    this.facts = runKinds[kind];
    this.place = place;
  }

  add(delta: string): void {
    if (this.#deltas.push(delta) === deltasOfPiece) this.#joinDeltas();
  }

  get text(): string {
    if (this.#deltas.length > 0) this.#joinDeltas();
    return this.#text;
  }

  #joinDeltas(): void {
    this.#text += this.#deltas.join('');
    this.#deltas.length = 0;
  }

  /** The part as it is when it is opened. */
  get emptyPart(): object {
    return toPart(this.kind, '', [], []);
  }

  get finishedPart(): object {
    return { ...this.part, ...toPart(this.kind, this.text, this.annotations, this.logprobs) };
  }
}

function toPart(kind: RunKind, text: string, annotations: unknown[], logprobs: unknown[]): object {
  if (kind === 'output_text') return { type: kind, annotations, logprobs, text };
  return { type: kind, [runKinds[kind].field]: text };
}

/** Undefined for parts that this version does not know: they come with their finished item. */
export function toRunKind(type: unknown): RunKind | undefined {
  return type === 'output_text' || type === 'refusal' || type === 'reasoning_text' ? type : undefined;
}

export function isUnknownPart({ type }: Json): boolean {
  return typeof type === 'string' && toRunKind(type) === undefined && type !== 'summary_text';
}

export function asParts(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((part): part is Json => asObject(part) !== undefined) : [];
}

export function hasText(runs: ReadonlyMap<number, TextRun>): boolean {
  return [...runs.values()].some(({ text }) => text !== '');
}

export function finishedParts(runs: ReadonlyMap<number, TextRun>): object[] {
  return [...runs.values()].map((run) => run.finishedPart);
}
