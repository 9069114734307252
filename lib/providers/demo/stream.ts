/** A demo reply as the events of a Responses stream. */
import { createHash } from 'node:crypto';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { DemoReply } from './reply.ts';

type Event = { type: string; [key: string]: unknown };

/** Tokens as a rule of thumb: four bytes of English make one. */
function roughTokens(...texts: string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 4), 0);
}

/** A text in the pieces in which it is sent: words with the space before them, long ones cut up. */
function toDeltas(text: string): string[] {
  return text.match(/\s*\S{1,16}|\s+/gu) ?? [];
}

export interface StreamFacts {
  /** Unique for the answer; ids are made from it. */
  id: string;
  /** Unix seconds. */
  createdS: number;
}

/** The events in groups: a group is one write, with a pause before the next. Numbered throughout. */
export function* streamReply(request: CanonicalRequest, reply: DemoReply, facts: StreamFacts): Generator<Event[]> {
  let sequenceNumber = 0;
  const numbered = (...events: Event[]) => events.map((event) => ({ ...event, sequence_number: sequenceNumber++ }));
  const output: Event[] = [];
  const response = {
    id: `resp_${facts.id}`,
    object: 'response',
    created_at: facts.createdS,
    model: request.model,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    reasoning: request.reasoning ?? null,
    service_tier: 'default',
    store: false,
    text: request.text ?? { format: { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    usage: null,
  };
  yield numbered({ type: 'response.created', response }, { type: 'response.in_progress', response });

  if (reply.reasoning.length > 0) yield* streamReasoning();
  if (reply.text !== '') yield* streamText();
  for (const call of reply.calls) yield* streamCall(call);

  const reasoningTokens = roughTokens(...reply.reasoning);
  const inputTokens = roughTokens(JSON.stringify([request.instructions, request.input, request.tools]));
  const outputTokens = reasoningTokens + roughTokens(reply.text, ...reply.calls.map(({ name, input }) => name + input));
  const usage = {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
  yield numbered({ type: 'response.completed', response: { ...response, status: 'completed', output, usage } });

  function itemId(prefix: string): string {
    return `${prefix}_${facts.id}_${output.length}`;
  }

  function done(item: Event): Event {
    output.push(item);
    return { type: 'response.output_item.done', output_index: output.length - 1, item };
  }

  function* streamReasoning(): Generator<Event[]> {
    const output_index = output.length;
    const item = { type: 'reasoning', id: itemId('rs'), summary: [] };
    const wantsEncrypted = request.include?.includes('reasoning.encrypted_content');
    yield numbered({ type: 'response.output_item.added', output_index, item });
    for (const [summary_index, text] of reply.reasoning.entries()) {
      const at = { item_id: item.id, output_index, summary_index };
      const part = { type: 'summary_text', text };
      yield numbered({ type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } });
      for (const delta of toDeltas(text)) {
        yield numbered({ type: 'response.reasoning_summary_text.delta', ...at, delta });
      }
      yield numbered(
        { type: 'response.reasoning_summary_text.done', ...at, text },
        { type: 'response.reasoning_summary_part.done', ...at, part },
      );
    }
    const summary = reply.reasoning.map((text) => ({ type: 'summary_text', text }));
    const encrypted = { encrypted_content: Buffer.from(`demo ${facts.id}`).toString('base64') };
    yield numbered(done({ ...item, summary, ...(wantsEncrypted && encrypted) }));
  }

  function* streamText(): Generator<Event[]> {
    const output_index = output.length;
    const item = { type: 'message', id: itemId('msg'), role: 'assistant', status: 'in_progress', content: [] };
    const at = { item_id: item.id, output_index, content_index: 0 };
    const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
    yield numbered(
      { type: 'response.output_item.added', output_index, item },
      { type: 'response.content_part.added', ...at, part: part('') },
    );
    for (const delta of toDeltas(reply.text)) {
      yield numbered({ type: 'response.output_text.delta', ...at, delta, logprobs: [] });
    }
    yield numbered(
      { type: 'response.output_text.done', ...at, text: reply.text, logprobs: [] },
      { type: 'response.content_part.done', ...at, part: part(reply.text) },
      done({ ...item, status: 'completed', content: [part(reply.text)] }),
    );
  }

  function* streamCall({ type, name, input }: DemoReply['calls'][number]): Generator<Event[]> {
    const output_index = output.length;
    const isFunction = type === 'function_call';
    const id = itemId(isFunction ? 'fc' : 'ctc');
    const hash = createHash('sha256').update(id).digest('hex').slice(0, 24);
    const field = isFunction ? 'arguments' : 'input';
    const kind = isFunction ? 'response.function_call_arguments' : 'response.custom_tool_call_input';
    const item = { type, id, call_id: `call_${hash}`, name, status: 'in_progress', [field]: '' };
    const at = { item_id: id, output_index };
    yield numbered({ type: 'response.output_item.added', output_index, item });
    for (const delta of toDeltas(input)) yield numbered({ type: `${kind}.delta`, ...at, delta });
    yield numbered(
      { type: `${kind}.done`, ...at, ...(isFunction && { name }), [field]: input },
      done({ ...item, status: 'completed', [field]: input }),
    );
  }
}
