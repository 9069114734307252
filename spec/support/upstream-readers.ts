/**
 * What an upstream said, read from its stream by the plain rules of its API: a small reader for each, which shares nothing
 * with the decoders that it is there to check.
 */
import { createParser } from 'eventsource-parser';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { decodeEvents, expectAnswer } from './response-events.ts';

type Json = Record<string, unknown>;

export interface ToldCall {
  id: string;
  name: string;
  /** As the model wrote it. */
  input: string;
  type: 'function' | 'custom';
}

export interface ToldCitation {
  url: string;
  title: string;
  /** UTF-16 units into the whole text. */
  start: number;
  end: number;
}

export type ToldEnd = 'stop' | 'tool_calls' | 'length' | 'content_filter';

/** An answer, whatever the API that it was told in. */
export interface Told {
  text: string;
  refusal: string;
  /** Its parts, parted by blank lines. */
  reasoning: string;
  /** What of the reasoning only the upstream can read, for it to be given back. */
  sealed: string[];
  calls: ToldCall[];
  citations: ToldCitation[];
  /** In base64. */
  images: string[];
  end: ToldEnd;
  stopSequence?: string;
  usage?: { input: number; output: number; cached: number; written: number; reasoning: number };
  /** It did not come to an end: what the upstream said of that; nothing where the connection just closed. */
  failure?: string;
}

const nothing: Told = {
  ...{ text: '', refusal: '', reasoning: '', sealed: [], calls: [], citations: [], images: [], end: 'stop' },
};

function readData(sse: string): Json[] {
  const events: Json[] = [];
  createParser({ onEvent: ({ data }) => data !== '[DONE]' && events.push(JSON.parse(data) as Json) }).feed(sse);
  return events;
}

const joinParts = (parts: readonly string[]) => parts.filter(Boolean).join('\n\n');
const countOf = (value: unknown) => (typeof value === 'number' ? value : 0);
const objectOf = (value: unknown) => (value ?? {}) as Json;

export function readResponsesStream(sse: string): Told {
  const events = decodeEvents(sse);
  const { text, refusal, reasoning, toolCalls, citations, images, response } = expectAnswer(events);
  const failed = events.find(({ type }) => type === 'error' || type === 'response.failed') as unknown as Json;
  const error = objectOf(objectOf(failed?.response).error ?? failed?.error ?? failed);
  const reason = response?.incomplete_details?.reason;
  const { usage } = response ?? {};
  const stopped = toolCalls.length > 0 ? 'tool_calls' : 'stop';
  return {
    text,
    refusal,
    reasoning: joinParts(reasoning),
    sealed: readSealed(events),
    calls: toolCalls,
    citations: citations.map(({ url, title, start_index, end_index }) => ({
      ...{ url, title, start: start_index, end: end_index },
    })),
    images,
    end: reason ? (reason === 'content_filter' ? 'content_filter' : 'length') : stopped,
    ...(usage && {
      usage: {
        input: usage.input_tokens,
        output: usage.output_tokens,
        cached: usage.input_tokens_details?.cached_tokens ?? 0,
        written: countOf(objectOf(usage.input_tokens_details).cache_write_tokens),
        reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
      },
    }),
    ...(failed ? { failure: String(error.message ?? '') } : !response && { failure: '' }),
  };
}

function readSealed(events: readonly CanonicalEvent[]): string[] {
  const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
  const last = events.flatMap((event) => (event.type === 'response.completed' ? event.response.output : []));
  const items = done.length > 0 ? done : last;
  return items.flatMap((item) => (item.type === 'reasoning' && item.encrypted_content) || []);
}

/** Of servers that keep to the rules: one choice, whole chunks, calls told apart by their index. */
export function readChatStream(sse: string): Told {
  const told: Told = structuredClone(nothing);
  const calls = new Map<number, ToldCall>();
  const stretches: string[] = [];
  let isReasoning = false;
  let finishReason: string | undefined;
  for (const { choices, usage, error } of readData(sse)) {
    if (error) told.failure ??= String(objectOf(error).message);
    if (usage) told.usage = readChatUsage(usage as Json);
    for (const choice of (choices ?? []) as Json[]) {
      const delta = objectOf(choice.delta);
      const thought = String(delta.reasoning_content ?? delta.reasoning ?? '');
      if (thought && !isReasoning) stretches.push('');
      if (thought) stretches.push(stretches.pop()! + thought);
      told.text += delta.content ?? '';
      told.refusal += delta.refusal ?? '';
      isReasoning = thought !== '' || (isReasoning && !delta.content && !delta.refusal && !delta.tool_calls);
      for (const { index, id, function: piece } of (delta.tool_calls ?? []) as Json[]) {
        const { name, arguments: input } = objectOf(piece);
        const call = calls.get(index as number) ?? { id: String(id), name: '', input: '', type: 'function' };
        calls.set(index as number, call);
        call.name += name ?? '';
        call.input += input ?? '';
      }
      if (delta.reasoning_opaque) told.sealed.push(String(delta.reasoning_opaque));
      for (const { signature, data } of (delta.reasoning_details ?? []) as Json[]) {
        if (signature ?? data) told.sealed.push(String(signature ?? data));
      }
      for (const { url_citation } of (delta.annotations ?? []) as Json[]) {
        const { url, title, start_index, end_index } = objectOf(url_citation);
        told.citations.push({ url, title, start: start_index, end: end_index } as ToldCitation);
      }
      for (const { image_url } of (delta.images ?? []) as Json[]) {
        told.images.push(String(objectOf(image_url).url).replace(/^data:image\/\w+;base64,/, ''));
      }
      const stop = choice.stop_reason ?? choice.matched_stop;
      if (choice.finish_reason === 'stop' && typeof stop === 'string') told.stopSequence = stop;
      finishReason = (choice.finish_reason as string | null) ?? finishReason;
    }
  }
  if (finishReason === undefined) told.failure ??= '';
  told.calls = [...calls.values()];
  told.reasoning = joinParts(stretches);
  told.end = (finishReason as ToldEnd | undefined) ?? 'stop';
  return told;
}

function readChatUsage({ prompt_tokens, completion_tokens, ...rest }: Json): Told['usage'] {
  return {
    input: countOf(prompt_tokens),
    output: countOf(completion_tokens),
    cached: countOf(objectOf(rest.prompt_tokens_details).cached_tokens ?? rest.prompt_cache_hit_tokens),
    written: countOf(objectOf(rest.prompt_tokens_details).cache_write_tokens),
    reasoning: countOf(objectOf(rest.completion_tokens_details).reasoning_tokens),
  };
}

const messageEnds: Readonly<Record<string, ToldEnd>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  refusal: 'content_filter',
};

export function readMessagesStream(sse: string): Told {
  const told: Told = structuredClone(nothing);
  const thinking: string[] = [];
  const usage: Json = {};
  let block: Json = {};
  let blockStart = 0;
  let citations: Json[] = [];
  let isWhole = false;
  for (const event of readData(sse)) {
    const delta = objectOf(event.delta);
    for (const counts of [objectOf(event.message).usage, event.usage]) {
      for (const [key, value] of Object.entries(objectOf(counts))) if (value !== null) usage[key] = value;
    }
    switch (event.type) {
      case 'content_block_start':
        block = event.content_block as Json;
        blockStart = told.text.length;
        citations = [];
        if (block.type === 'thinking') thinking.push(String(block.thinking ?? ''));
        if (block.type === 'redacted_thinking') told.sealed.push(String(block.data));
        if (block.type === 'text') told.text += block.text ?? '';
        if (block.type === 'tool_use') {
          told.calls.push({ id: String(block.id), name: String(block.name), input: '', type: 'function' });
        }
        break;
      case 'content_block_delta':
        if (block.type === 'text') told.text += delta.text ?? '';
        if (block.type === 'thinking') thinking.push(thinking.pop()! + (delta.thinking ?? ''));
        if (block.type === 'tool_use') told.calls.at(-1)!.input += delta.partial_json ?? '';
        if (delta.signature) told.sealed.push(String(delta.signature));
        if (delta.type === 'citations_delta') citations.push(delta.citation as Json);
        break;
      case 'content_block_stop':
        if (block.type === 'tool_use') told.calls.at(-1)!.input ||= '{}';
        for (const { url, title } of citations) {
          const place = { start: blockStart, end: told.text.length };
          if (url) told.citations.push({ url: String(url), title: String(title ?? ''), ...place });
        }
        break;
      case 'message_delta':
        told.end = messageEnds[String(delta.stop_reason)] ?? told.end;
        if (delta.stop_sequence) told.stopSequence = String(delta.stop_sequence);
        break;
      case 'message_stop':
        isWhole = true;
        break;
      case 'error':
        told.failure = String(objectOf(event.error).message);
    }
  }
  if (!isWhole) told.failure ??= '';
  const [cached, written] = [countOf(usage.cache_read_input_tokens), countOf(usage.cache_creation_input_tokens)];
  told.usage = {
    input: countOf(usage.input_tokens) + cached + written,
    output: countOf(usage.output_tokens),
    cached,
    written,
    reasoning: countOf(objectOf(usage.output_tokens_details).thinking_tokens),
  };
  return { ...told, reasoning: joinParts(thinking) };
}

/** The same of an answer that came in one piece. */
export function readWholeChat({ choices, usage }: Json): Told {
  const [choice] = choices as Json[];
  const { tool_calls, ...message } = objectOf(choice!.message);
  const calls = ((tool_calls ?? []) as Json[]).map((call, index) => ({ index, ...call }));
  const delta = { ...message, ...(tool_calls !== undefined && { tool_calls: calls }) };
  return readChatStream(toSse([{ choices: [{ ...choice, delta }], usage }]));
}

export function readWholeMessage({ content, usage, ...delta }: Json): Told {
  const events = (content as Json[]).flatMap((content_block) => [
    { type: 'content_block_start', content_block },
    ...(content_block.type === 'tool_use'
      ? [{ type: 'content_block_delta', delta: { partial_json: JSON.stringify(content_block.input) } }]
      : []),
    ...(content_block.signature
      ? [{ type: 'content_block_delta', delta: { signature: content_block.signature } }]
      : []),
    ...((content_block.citations ?? []) as Json[]).map((citation) => ({
      ...{ type: 'content_block_delta', delta: { type: 'citations_delta', citation } },
    })),
    { type: 'content_block_stop' },
  ]);
  return readMessagesStream(toSse([...events, { type: 'message_delta', delta, usage }, { type: 'message_stop' }]));
}

export function readWholeResponse(response: Json): Told {
  return readResponsesStream(toSse([{ type: `response.${response.status}`, response }]));
}

function toSse(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
