/** Writes the event stream of an answer in the ChatGPT backend's own manner, from a few words of script. */

/** An event as the backend sends it; vendor events (`codex.rate_limits`) are none of the public API's. */
export interface UpstreamEvent {
  type: string;
  [key: string]: unknown;
}

export type ScriptedItem =
  /** A list is given in these very deltas. */
  | { text: string | readonly string[]; phase?: 'commentary' | 'final_answer' }
  | { refusal: string }
  /** One summary part per entry. */
  | { reasoning: readonly string[] }
  /** What stands for a conversation so far, encrypted. */
  | { compaction: string }
  /** A function call; an object becomes JSON text. */
  | { call: string; arguments: unknown; callId?: string }
  /** A call of a custom (free text) tool. */
  | { custom: string; input: string; callId?: string };

export interface ScriptOptions {
  /** Makes the ids of this answer (`resp_<id>`, `msg_<id>_0`, `call_<id>_0`). Default `fake`. */
  id?: string;
  /** Default `gpt-5.5`. */
  model?: string;
  /**
   * How it ends: `completed` (default), `response.incomplete` for a reason, `response.failed` with an error, or with
   * `none` no terminal event at all.
   */
  end?:
    | 'completed'
    | 'none'
    | { incomplete: 'max_output_tokens' | 'content_filter' | 'max_messages' | 'steered' }
    | { failed: { code: string | null; message: string } };
  /** Default {@link fakeUsage}. */
  usage?: object;
  /** Where texts are split into deltas. Default: words, and pieces of 8 characters in the input of calls. */
  split?: (text: string) => readonly string[];
}

/** What every scripted answer says of its tokens. */
export const fakeUsage = {
  input_tokens: 21,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 13,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 34,
};

/** The quota that the fake tells, in its headers and as the first event of a scripted answer. */
export const fakeRateLimits = {
  type: 'codex.rate_limits',
  plan_type: 'plus',
  rate_limits: {
    primary: { used_percent: 12, window_minutes: 300, reset_at: 1790009000 },
    secondary: { used_percent: 40, window_minutes: 10080, reset_at: 1790300000 },
  },
  credits: { has_credits: false, unlimited: false, balance: '0' },
  metered_limit_name: null,
  limit_name: null,
} satisfies UpstreamEvent;

/** Unix seconds at which every scripted answer was made. */
const createdS = 1790000000;

export const toWords = (text: string) => text.match(/\S+\s*|\s+/gu) ?? [];
export const toPieces = (text: string) => text.match(/.{1,8}/gsu) ?? [];

type Body = Omit<UpstreamEvent, 'type'>;

/** @param script the answer's items in order, or the text of its only item */
export function scriptAnswer(script: string | readonly ScriptedItem[], options: ScriptOptions = {}): UpstreamEvent[] {
  const { id = 'fake', model = 'gpt-5.5', end = 'completed', usage = fakeUsage, split = toWords } = options;
  const items: readonly ScriptedItem[] = typeof script === 'string' ? [{ text: script }] : script;
  const events: UpstreamEvent[] = [fakeRateLimits];
  let sequence = 0;
  const emit = (type: string, body: Body) => events.push({ type, ...body, sequence_number: sequence++ });
  const response = (status: string, rest: object = {}) => ({
    response: {
      id: `resp_${id}`,
      object: 'response',
      created_at: createdS,
      status,
      error: null,
      incomplete_details: null,
      instructions: '',
      model,
      // The backend leaves `output` empty even at the end, although it streamed the items.
      output: [],
      parallel_tool_calls: true,
      service_tier: 'default',
      store: false,
      tool_choice: 'auto',
      tools: [],
      usage: null,
      metadata: {},
      ...rest,
    },
  });

  emit('response.created', response('in_progress'));
  emit('response.in_progress', response('in_progress'));
  for (const [index, item] of items.entries()) emitItem(item, index);
  if (end === 'completed') {
    emit('response.completed', response('completed', { usage }));
  } else if (end !== 'none' && 'incomplete' in end) {
    const incomplete_details = { reason: end.incomplete };
    emit('response.incomplete', response('incomplete', { usage, incomplete_details }));
  } else if (end !== 'none') {
    emit('response.failed', response('failed', { error: end.failed }));
  }
  return events;

  function emitItem(item: ScriptedItem, output_index: number): void {
    const add = (content: object) => emit('response.output_item.added', { output_index, item: content });
    const done = (content: object) => emit('response.output_item.done', { output_index, item: content });

    if ('compaction' in item) {
      const compaction = { id: `cmp_${id}_${output_index}`, type: 'compaction' };
      add({ ...compaction, encrypted_content: '' });
      done({ ...compaction, encrypted_content: item.compaction });
      return;
    }

    if ('reasoning' in item) {
      const item_id = `rs_${id}_${output_index}`;
      add({ id: item_id, type: 'reasoning', summary: [], encrypted_content: 'gAAAAA' });
      const summary = item.reasoning.map((text, summary_index) => {
        const at = { item_id, output_index, summary_index };
        emit('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } });
        for (const delta of split(text)) emit('response.reasoning_summary_text.delta', { ...at, delta });
        emit('response.reasoning_summary_text.done', { ...at, text });
        emit('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } });
        return { type: 'summary_text', text };
      });
      // The one in `added` is an early, shorter value; the one to keep comes with `done`.
      done({ id: item_id, type: 'reasoning', summary, encrypted_content: `gAAAAA${id}${output_index}` });
      return;
    }

    if ('call' in item || 'custom' in item) {
      const call_id = item.callId ?? `call_${id}_${output_index}`;
      const [kind, field, prefix, name, value] =
        'call' in item
          ? (['function_call', 'arguments', 'fc', item.call, toJsonText(item.arguments)] as const)
          : (['custom_tool_call', 'input', 'ctc', item.custom, item.input] as const);
      const event = kind === 'function_call' ? 'function_call_arguments' : 'custom_tool_call_input';
      const call = { id: `${prefix}_${id}_${output_index}`, type: kind, call_id, name };
      const at = { item_id: call.id, output_index };
      add({ ...call, status: 'in_progress', [field]: '' });
      for (const delta of (options.split ?? toPieces)(value)) emit(`response.${event}.delta`, { ...at, delta });
      emit(`response.${event}.done`, { ...at, [field]: value });
      done({ ...call, status: 'completed', [field]: value });
      return;
    }

    const message = {
      id: `msg_${id}_${output_index}`,
      type: 'message',
      role: 'assistant',
      ...('phase' in item && { phase: item.phase }),
    };
    const at = { item_id: message.id, output_index, content_index: 0 };
    const toPart = (text: string) =>
      'refusal' in item
        ? { type: 'refusal', refusal: text }
        : { type: 'output_text', text, annotations: [], logprobs: [] };
    add({ ...message, status: 'in_progress', content: [] });
    emit('response.content_part.added', { ...at, part: toPart('') });
    if ('refusal' in item) {
      for (const delta of split(item.refusal)) emit('response.refusal.delta', { ...at, delta });
      emit('response.refusal.done', { ...at, refusal: item.refusal });
    } else {
      const deltas = typeof item.text === 'string' ? split(item.text) : item.text;
      for (const delta of deltas) emit('response.output_text.delta', { ...at, delta, logprobs: [] });
      emit('response.output_text.done', { ...at, text: deltas.join(''), logprobs: [] });
    }
    const part = toPart('refusal' in item ? item.refusal : [item.text].flat().join(''));
    emit('response.content_part.done', { ...at, part });
    done({ ...message, status: 'completed', content: [part] });
  }
}

function toJsonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One event in the backend's framing. */
export function toSseText(event: UpstreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
