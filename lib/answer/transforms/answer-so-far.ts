import type { Emit } from '../../canonical/event-transform.ts';
import type { DeltaEvent } from '../../canonical/run-writer.ts';
import { countTokens, estimateInputTokens } from '../../canonical/tokens.ts';
import type {
  CanonicalEvent,
  CanonicalOutputItem,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalUsage,
} from '../../canonical/types.ts';

/** An event that adds to a text that counts as output: every text except reasoning. */
export type CountedDelta = Extract<
  DeltaEvent,
  {
    type:
      | 'response.output_text.delta'
      | 'response.refusal.delta'
      | 'response.function_call_arguments.delta'
      | 'response.custom_tool_call_input.delta';
  }
>;

/** A run of text in an item: a content part, or a call's arguments. */
interface OpenText {
  readonly type: 'output_text' | 'refusal' | 'arguments' | 'input';
  readonly contentIndex: number;
  text: string;
  isDone: boolean;
}

interface TrackedItem {
  item: CanonicalOutputItem;
  isDone: boolean;
  readonly texts: OpenText[];
}

const textTypes: Readonly<Record<CountedDelta['type'], OpenText['type']>> = {
  'response.output_text.delta': 'output_text',
  'response.refusal.delta': 'refusal',
  'response.function_call_arguments.delta': 'arguments',
  'response.custom_tool_call_input.delta': 'input',
};

/**
 * The part of an answer that the client has, so that the answer can end properly at any point: open items are closed, and a
 * terminal event with the output so far replaces the upstream's.
 */
export class AnswerSoFar {
  readonly #request: CanonicalRequest;
  #response: CanonicalResponse | undefined;
  readonly #items = new Map<number, TrackedItem>();
  /** The run that the last delta went to: deltas come in long rows. */
  #lastIndex = -1;
  #lastText: OpenText | undefined;
  #sequenceNumber = 0;

  constructor(request: CanonicalRequest) {
    this.#request = request;
  }

  /** Records an event that goes to the client. */
  track(event: CanonicalEvent): void {
    this.#sequenceNumber = event.sequence_number;
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#runOf(event).text += event.delta;
        break;
      case 'response.created':
      case 'response.in_progress':
        this.#response = event.response;
        break;
      case 'response.output_item.added':
        this.#items.set(event.output_index, { item: event.item, isDone: false, texts: [] });
        break;
      case 'response.content_part.added':
        if (event.part.type === 'output_text' || event.part.type === 'refusal') {
          this.#openRun(event.output_index, event.part.type, event.content_index);
        }
        break;
      case 'response.content_part.done':
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done': {
        const contentIndex = event.type === 'response.content_part.done' ? event.content_index : 0;
        const run = this.#items.get(event.output_index)?.texts.find((text) => text.contentIndex === contentIndex);
        if (run) run.isDone = true;
        break;
      }
      case 'response.output_item.done': {
        const texts = this.#items.get(event.output_index)?.texts ?? [];
        this.#items.set(event.output_index, { item: event.item, isDone: true, texts });
        break;
      }
    }
  }

  #runOf(event: CountedDelta): OpenText {
    const contentIndex = 'content_index' in event ? event.content_index : 0;
    const last = this.#lastText;
    if (last && this.#lastIndex === event.output_index && last.contentIndex === contentIndex) return last;
    return this.#openRun(event.output_index, textTypes[event.type], contentIndex);
  }

  #openRun(outputIndex: number, type: OpenText['type'], contentIndex: number): OpenText {
    const texts = this.#items.get(outputIndex)?.texts ?? [];
    let run = texts.find((text) => text.contentIndex === contentIndex);
    if (!run) {
      run = { type, contentIndex, text: '', isDone: false };
      texts.push(run);
    }
    this.#lastIndex = outputIndex;
    this.#lastText = run;
    return run;
  }

  /**
   * Ends the answer as if the model had ended it here: with `completed`, or with `incomplete` at a token limit.
   * @param told the upstream's usage, if known (else it is counted); the stop sequence that ended the text
   */
  end(
    status: 'completed' | 'incomplete',
    emit: Emit,
    { usage, stop_sequence }: Pick<Partial<CanonicalResponse>, 'usage' | 'stop_sequence'> = {},
  ): void {
    const inOrder = [...this.#items].sort(([a], [b]) => a - b);
    const send = (event: object) => {
      this.#sequenceNumber += 1;
      emit({ ...event, sequence_number: this.#sequenceNumber } as unknown as CanonicalEvent);
    };
    for (const [outputIndex, tracked] of inOrder) if (!tracked.isDone) closeItem(outputIndex, tracked, status, send);
    const response = {
      ...this.#response,
      status,
      incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
      output: inOrder.map(([, { item }]) => item),
      usage: usage ?? this.#countUsage(inOrder.map(([, tracked]) => tracked)),
      ...(stop_sequence !== undefined && { stop_sequence }),
    };
    send({ type: `response.${status}`, response });
  }

  /** Counts the usage that the upstream would have reported at its end. The tokens of reasoning stay unknown. */
  #countUsage(items: readonly TrackedItem[]): CanonicalUsage {
    const inputTokens = estimateInputTokens(this.#request);
    const outputTokens = items.flatMap(({ texts }) => texts).reduce((sum, { text }) => sum + countTokens(text), 0);
    return {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    } as CanonicalUsage;
  }
}

/** Sends the `done` events that an open item still lacks, and puts the text so far into the item. */
function closeItem(
  output_index: number,
  tracked: TrackedItem,
  status: 'completed' | 'incomplete',
  send: (event: object) => void,
): void {
  const { item, texts } = tracked;
  const at = { item_id: item.id, output_index };
  const [first] = texts;
  switch (item.type) {
    case 'message': {
      const parts = texts.map(({ type, text }) =>
        type === 'refusal' ? { type, refusal: text } : { type: 'output_text', text, annotations: [], logprobs: [] },
      );
      texts.forEach(({ type, text, contentIndex, isDone }, index) => {
        if (isDone) return;
        const place = { ...at, content_index: contentIndex };
        if (type === 'refusal') send({ type: 'response.refusal.done', ...place, refusal: text });
        else send({ type: 'response.output_text.done', ...place, text, logprobs: [] });
        send({ type: 'response.content_part.done', ...place, part: parts[index] });
      });
      tracked.item = { ...item, status, content: parts } as CanonicalOutputItem;
      break;
    }
    case 'function_call': {
      const text = first?.text ?? '';
      if (!first?.isDone) {
        send({ type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: text });
      }
      tracked.item = { ...item, status, arguments: text };
      break;
    }
    case 'custom_tool_call': {
      const text = first?.text ?? '';
      if (!first?.isDone) send({ type: 'response.custom_tool_call_input.done', ...at, input: text });
      tracked.item = { ...item, input: text };
      break;
    }
    default:
      if ('status' in item) tracked.item = { ...item, status } as CanonicalOutputItem;
  }
  send({ type: 'response.output_item.done', output_index, item: tracked.item });
}
