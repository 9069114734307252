/** A demo reply as the events of a Responses stream. */
import { createHash } from 'node:crypto';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { usageOf } from '../../canonical/usage.ts';
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
  for (const group of groupsOf(request, reply, facts)) {
    yield group.map((event) => ({ ...event, sequence_number: sequenceNumber++ }));
  }
}

function* groupsOf(request: CanonicalRequest, reply: DemoReply, facts: StreamFacts): Generator<Event[]> {
  const response = beginResponse(request, facts);
  yield [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
  ];
  const output: Event[] = [];
  if (reply.reasoning.length > 0) output.push(yield* streamReasoning(reply.reasoning, request, output.length, facts));
  if (reply.text !== '') output.push(yield* streamText(reply.text, output.length, facts));
  for (const call of reply.calls) output.push(yield* streamCall(call, output.length, facts));
  const usage = countUsage(request, reply);
  yield [{ type: 'response.completed', response: { ...response, status: 'completed', output, usage } }];
}

function beginResponse(request: CanonicalRequest, { id, createdS }: StreamFacts): object {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdS,
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
}

function countUsage(request: CanonicalRequest, reply: DemoReply): object {
  const reasoningTokens = roughTokens(...reply.reasoning);
  const inputTokens = roughTokens(JSON.stringify([request.instructions, request.input, request.tools]));
  const outputTokens = reasoningTokens + roughTokens(reply.text, ...reply.calls.map(({ name, input }) => name + input));
  return usageOf(inputTokens, outputTokens, reasoningTokens);
}

function itemId(prefix: string, outputIndex: number, { id }: StreamFacts): string {
  return `${prefix}_${id}_${outputIndex}`;
}

/** An item's events; gives the complete item. */
type ItemStream = Generator<Event[], Event>;

function* streamReasoning(
  texts: readonly string[],
  { include }: CanonicalRequest,
  output_index: number,
  facts: StreamFacts,
): ItemStream {
  const begun = { type: 'reasoning', id: itemId('rs', output_index, facts), summary: [] };
  yield [{ type: 'response.output_item.added', output_index, item: begun }];
  for (const [summary_index, text] of texts.entries()) {
    const at = { item_id: begun.id, output_index, summary_index };
    const part = { type: 'summary_text', text };
    yield [{ type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } }];
    for (const delta of toDeltas(text)) yield [{ type: 'response.reasoning_summary_text.delta', ...at, delta }];
    yield [
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ];
  }
  const summary = texts.map((text) => ({ type: 'summary_text', text }));
  const encrypted = { encrypted_content: Buffer.from(`demo ${facts.id}`).toString('base64') };
  const wantsEncrypted = include?.includes('reasoning.encrypted_content');
  const item = { ...begun, summary, ...(wantsEncrypted && encrypted) };
  yield [{ type: 'response.output_item.done', output_index, item }];
  return item;
}

function* streamText(text: string, output_index: number, facts: StreamFacts): ItemStream {
  const id = itemId('msg', output_index, facts);
  const begun = { type: 'message', id, role: 'assistant', status: 'in_progress', content: [] };
  const at = { item_id: id, output_index, content_index: 0 };
  const toPart = (content: string) => ({ type: 'output_text', text: content, annotations: [], logprobs: [] });
  yield [
    { type: 'response.output_item.added', output_index, item: begun },
    { type: 'response.content_part.added', ...at, part: toPart('') },
  ];
  for (const delta of toDeltas(text)) yield [{ type: 'response.output_text.delta', ...at, delta, logprobs: [] }];
  const part = toPart(text);
  const item = { ...begun, status: 'completed', content: [part] };
  yield [
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index, item },
  ];
  return item;
}

function* streamCall(
  { type, name, input }: DemoReply['calls'][number],
  output_index: number,
  facts: StreamFacts,
): ItemStream {
  const isFunction = type === 'function_call';
  const id = itemId(isFunction ? 'fc' : 'ctc', output_index, facts);
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 24);
  const field = isFunction ? 'arguments' : 'input';
  const kind = isFunction ? 'response.function_call_arguments' : 'response.custom_tool_call_input';
  const begun = { type, id, call_id: `call_${hash}`, name, status: 'in_progress', [field]: '' };
  const at = { item_id: id, output_index };
  yield [{ type: 'response.output_item.added', output_index, item: begun }];
  for (const delta of toDeltas(input)) yield [{ type: `${kind}.delta`, ...at, delta }];
  const item = { ...begun, status: 'completed', [field]: input };
  yield [
    { type: `${kind}.done`, ...at, ...(isFunction && { name }), [field]: input },
    { type: 'response.output_item.done', output_index, item },
  ];
  return item;
}
