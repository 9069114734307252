/**
 * Checks an upstream's events against the types of the canonical form, once, where they come in: later code relies on the
 * types. Missing or invalid fields are corrected or left out; a field that would have to be guessed is an error.
 */
import type { TokenLogprob } from '../../canonical/event-writer.ts';
import type { CanonicalEvent } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';

/** @throws SyntaxError for an event that cannot be understood */
export function holdToShape(event: CanonicalEvent): void {
  switch (event.type) {
    case 'response.output_text.delta':
      if (typeof event.delta !== 'string') throw misshapen('delta');
      holdLogprobs(asJson(event));
      break;
    case 'response.refusal.delta':
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      if (typeof event.delta !== 'string') throw misshapen('delta');
      break;
    case 'response.output_text.done':
      holdText(asJson(event), 'text');
      holdLogprobs(asJson(event));
      break;
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.done':
      holdText(asJson(event), 'text');
      break;
    case 'response.refusal.done':
      holdText(asJson(event), 'refusal');
      break;
    case 'response.function_call_arguments.done':
      holdText(asJson(event), 'arguments');
      break;
    case 'response.custom_tool_call_input.done':
      holdText(asJson(event), 'input');
      break;
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
      holdPart(event.part);
      break;
    case 'response.output_item.added':
    case 'response.output_item.done':
      holdItem(event.item);
      break;
    case 'response.completed':
    case 'response.incomplete':
      holdResponse(event.response);
  }
}

function misshapen(field: string): SyntaxError {
  return new SyntaxError(`an event whose '${field}' is of the wrong type`);
}

function asJson(event: CanonicalEvent): Json {
  return event as unknown as Json;
}

function needObject(value: unknown, field: string): Json {
  const object = asObject(value);
  if (!object) throw misshapen(field);
  return object;
}

function holdText(holder: Json, key: string): void {
  holder[key] ??= '';
  if (typeof holder[key] !== 'string') throw misshapen(key);
}

/** A name or an id, which may still be missing. */
function holdName(holder: Json, key: string): void {
  if (holder[key] != null && typeof holder[key] !== 'string') throw misshapen(key);
}

function holdList(holder: Json, key: string, holdEntry: (entry: unknown) => void): void {
  holder[key] ??= [];
  const list = holder[key];
  if (!Array.isArray(list)) throw misshapen(key);
  list.forEach(holdEntry);
}

function holdLogprobs(holder: Json): void {
  const { logprobs } = holder;
  // Nearly always empty.
  if (!Array.isArray(logprobs) || logprobs.length > 0) holder.logprobs = toLogprobs(logprobs);
}

/** Leaves out invalid entries. */
export function toLogprobs(value: unknown): TokenLogprob[] {
  if (!Array.isArray(value)) return [];
  const told: TokenLogprob[] = [];
  for (const entry of value) {
    const { token, logprob, bytes, top_logprobs } = asObject(entry) ?? {};
    if (typeof token !== 'string' || !Number.isFinite(logprob)) continue;
    told.push({
      token,
      logprob: logprob as number,
      ...(Array.isArray(bytes) && bytes.every(Number.isInteger) && { bytes }),
      ...(Array.isArray(top_logprobs) && { top_logprobs: top_logprobs.flatMap((other) => toAlternative(other)) }),
    });
  }
  return told;
}

/** Checks one level, for lists of any depth. */
function toAlternative(value: unknown): TokenLogprob[] {
  const { top_logprobs: _, ...entry } = asObject(value) ?? {};
  return toLogprobs([entry]);
}

function holdPart(value: unknown): void {
  const part = needObject(value, 'part');
  if (part.type === 'refusal') {
    holdText(part, 'refusal');
    return;
  }
  holdText(part, 'text');
  if (part.logprobs !== undefined) holdLogprobs(part);
  if (part.annotations !== undefined && !Array.isArray(part.annotations)) part.annotations = [];
}

function holdItem(value: unknown): void {
  const item = needObject(value, 'item');
  switch (item.type) {
    case 'message':
      holdList(item, 'content', holdPart);
      break;
    case 'reasoning':
      holdList(item, 'summary', holdPart);
      if (item.content != null) holdList(item, 'content', holdPart);
      break;
    case 'function_call':
    case 'custom_tool_call':
      holdName(item, 'call_id');
      holdName(item, 'name');
      holdText(item, item.type === 'function_call' ? 'arguments' : 'input');
      break;
    case 'image_generation_call':
      holdName(item, 'result');
      holdName(item, 'output_format');
  }
}

function holdResponse(value: unknown): void {
  const response = needObject(value, 'response');
  holdList(response, 'output', holdItem);
  response.usage = toUsage(response.usage);
  if (typeof response.service_tier !== 'string') delete response.service_tier;
  // Not a field of this API: only this server sets it, where it cuts the text.
  delete response.stop_sequence;
}

/** Invalid counts become 0: counts are added up, and shown to clients that check them. */
function toUsage(value: unknown): Json | null {
  const usage = asObject(value);
  if (!usage) return null;
  const {
    input_tokens = 0,
    output_tokens = 0,
    total_tokens = input_tokens + output_tokens,
    ...others
  } = toCounts(usage);
  return {
    ...others,
    input_tokens,
    input_tokens_details: toInputDetails(usage.input_tokens_details),
    output_tokens,
    output_tokens_details: toCounts(usage.output_tokens_details),
    total_tokens,
  };
}

/** How long what was written to the cache is kept stands a level deeper (type `ResponseUsage` of the openai package 7.59). */
function toInputDetails(value: unknown): Json {
  const { cache_write_tokens_details: written } = asObject(value) ?? {};
  return { ...toCounts(value), ...(asObject(written) && { cache_write_tokens_details: toCounts(written) }) };
}

function toCounts(value: unknown): Record<string, number> {
  const counts = Object.entries(asObject(value) ?? {}).filter(
    (entry): entry is [string, number] => Number.isFinite(entry[1]) && (entry[1] as number) >= 0,
  );
  return Object.fromEntries(counts);
}
