/** Text that comes in deltas: a part of a message or of reasoning, or the input of a call. */

export type RunKind = 'output_text' | 'refusal' | 'reasoning_text' | 'summary_text' | 'arguments' | 'input';

interface KindFacts {
  /** The names of its events, without `.delta` and `.done`. */
  readonly event: string;
  /** What its whole text is called in the `.done` event and in the item. */
  readonly field: 'text' | 'refusal' | 'arguments' | 'input';
  /** What its place in the item is called; absent: it is the item's only one. */
  readonly index?: 'content_index' | 'summary_index';
  /** The events that open and close it, without `.added` and `.done`. */
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

/** Where a run is: what each of its events says. */
export type RunPlace = Readonly<Record<string, string | number>>;

export class TextRun {
  readonly kind: RunKind;
  readonly facts: KindFacts;
  readonly place: RunPlace;
  /** What a delta event says before its text, and behind it: the same for the whole run. */
  readonly head: string;
  readonly tail: string;
  text = '';
  readonly annotations: unknown[] = [];
  readonly logprobs: unknown[] = [];
  /** Its `.done` event has been sent. */
  isTextDone = false;
  /** The part around it has been closed. */
  isClosed = false;
  /** What the upstream says of the finished part besides its text. */
  part: object = {};

  constructor(kind: RunKind, place: RunPlace) {
    this.kind = kind;
    this.facts = runKinds[kind];
    this.place = place;
    const type = `${this.facts.event}.delta`;
    this.head = `event: ${type}\ndata: ${JSON.stringify({ type, ...place }).slice(0, -1)},"delta":`;
    this.tail = `${kind === 'output_text' ? ',"logprobs":[]' : ''},"sequence_number":`;
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
