/** Reads a Chat Completions stream as the strictest SDK does, and says what is wrong with it. */
import assert from 'node:assert/strict';

export interface MergedChoice {
  index: number;
  message: Record<string, unknown>;
  logprobs: { content: object[]; refusal: null } | null;
  finish_reason: string;
}

export interface MergedAnswer {
  id: string;
  created: number;
  model: string;
  choices: MergedChoice[];
  usage?: unknown;
  service_tier?: string;
  chunkCount: number;
}

export interface ChunkCheckOptions {
  hasUsage?: boolean;
  choices?: number;
}

type Json = Record<string, unknown>;

const finishReasons = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];
const chunkKeys = ['id', 'object', 'created', 'model', 'service_tier', 'system_fingerprint', 'choices', 'usage'];
const deltaKeys = [
  ...['role', 'content', 'refusal', 'tool_calls', 'function_call', 'annotations', 'images'],
  ...['reasoning', 'reasoning_content', 'reasoning_summary', 'reasoning_details'],
];

/**
 * @param wire the whole stream
 * @returns what an SDK adds the chunks up to
 * @throws AssertionError naming the chunk that breaks a rule
 */
export function checkChatStream(wire: string, { hasUsage = false, choices = 1 }: ChunkCheckOptions = {}): MergedAnswer {
  assert.ok(wire.endsWith('\n\n'), 'the stream ends with a blank line');
  const blocks = wire.slice(0, -2).split('\n\n');
  assert.equal(blocks.pop(), 'data: [DONE]', 'the last block is [DONE]');

  const merged: (MergedChoice | undefined)[] = [];
  let first: Json | undefined;
  let usage: unknown;
  let serviceTier: string | undefined;

  for (const block of blocks) {
    assert.match(block, /^data: \{[^\n]*\}$/, `one data line: ${block}`);
    const chunk = JSON.parse(block.slice('data: '.length)) as Json;
    onlyKeys(chunk, chunkKeys, block);
    assert.equal(chunk.object, 'chat.completion.chunk', block);
    assert.match(chunk.id as string, /^chatcmpl-./, block);
    assert.ok(Number.isInteger(chunk.created), block);
    assert.equal(typeof chunk.model, 'string', block);
    first ??= chunk;
    for (const key of ['id', 'created', 'model', 'system_fingerprint']) assert.equal(chunk[key], first[key], block);
    if (chunk.service_tier !== undefined) {
      assert.equal(typeof chunk.service_tier, 'string', block);
      serviceTier = chunk.service_tier as string;
    }

    assert.equal(usage, undefined, `nothing follows the usage: ${block}`);
    assert.ok(Array.isArray(chunk.choices), block);
    if (chunk.choices.length === 0) {
      assert.ok(hasUsage, `a usage chunk only where it was asked for: ${block}`);
      checkUsage(chunk.usage as Json, block);
      usage = chunk.usage;
      continue;
    }
    assert.equal('usage' in chunk, hasUsage, block);
    assert.equal(chunk.usage ?? null, null, block);
    assert.equal(chunk.choices.length, 1, block);
    mergeChoice(merged, chunk.choices[0] as Json, block);
  }

  assert.ok(first, 'there are chunks');
  assert.equal(merged.length, choices, 'every choice came');
  for (const [index, choice] of merged.entries()) {
    assert.ok(choice, `choice ${index} came`);
    assert.ok(choice.finish_reason, `choice ${index} has a finish_reason`);
    finishMessage(choice);
  }
  const { id, created, model } = first as { id: string; created: number; model: string };
  return {
    ...{ id, created, model, choices: merged as MergedChoice[], usage, service_tier: serviceTier },
    chunkCount: blocks.length,
  };
}

function onlyKeys(value: Json, allowed: readonly string[], block: string): void {
  for (const key of Object.keys(value)) assert.ok(allowed.includes(key), `unknown key ${key}: ${block}`);
}

function checkUsage(usage: Json, block: string): void {
  for (const key of ['prompt_tokens', 'completion_tokens', 'total_tokens']) {
    assert.ok(Number.isInteger(usage[key]), `${key}: ${block}`);
  }
  for (const key of ['prompt_tokens_details', 'completion_tokens_details']) {
    for (const count of Object.values(usage[key] as Json)) assert.ok(Number.isInteger(count), `${key}: ${block}`);
  }
}

function mergeChoice(merged: (MergedChoice | undefined)[], choice: Json, block: string): void {
  onlyKeys(choice, ['index', 'delta', 'logprobs', 'finish_reason'], block);
  const index = choice.index as number;
  assert.ok(Number.isInteger(index) && index >= 0 && index < 128, block);
  const delta = choice.delta as Json;
  onlyKeys(delta, deltaKeys, block);

  let target = merged[index];
  if (!target) {
    assert.equal(delta.role, 'assistant', `the first delta has the role: ${block}`);
    target = { index, message: { role: 'assistant', content: '' }, logprobs: null, finish_reason: '' };
    merged[index] = target;
    assert.deepEqual(delta, { role: 'assistant', content: '' }, block);
    return;
  }
  mergeLogprobs(target, choice, block);
  assert.equal(target.finish_reason, '', `nothing follows the finish_reason: ${block}`);
  assert.ok(!('role' in delta), `one role: ${block}`);
  if (choice.finish_reason !== null) {
    assert.ok(finishReasons.includes(choice.finish_reason as string), block);
    assert.deepEqual(delta, {}, `the finish_reason stands alone: ${block}`);
    target.finish_reason = choice.finish_reason as string;
    return;
  }
  assert.ok(Object.keys(delta).length > 0, `a delta says something: ${block}`);
  mergeDelta(target.message, delta, block);
}

function mergeDelta(message: Json, delta: Json, block: string): void {
  for (const [key, value] of Object.entries(delta)) {
    switch (key) {
      case 'tool_calls':
        message.tool_calls ??= [];
        mergeToolCalls(message.tool_calls as Json[], value as Json[], block);
        break;
      case 'function_call':
        message.function_call = mergeFunction(message.function_call as Json | undefined, value as Json, block);
        break;
      case 'reasoning_details':
        message.reasoning_details ??= [];
        for (const detail of value as Json[]) mergeDetail(message.reasoning_details as Json[], detail);
        break;
      case 'annotations':
      case 'images':
        assert.ok(Array.isArray(value) && value.length > 0, block);
        message[key] = [...((message[key] as unknown[]) ?? []), ...value];
        break;
      default:
        if (typeof value === 'string') {
          assert.notEqual(value, '', `no empty ${key}: ${block}`);
          message[key] = ((message[key] as string) ?? '') + value;
        } else {
          const { text } = (value as { content: [{ text: string }] }).content[0];
          const before = (message[key] as { content: [{ text: string }] } | undefined)?.content[0].text ?? '';
          message[key] = { content: [{ type: 'text', text: before + text }] };
        }
    }
  }
}

/** Log probabilities come with the text they are of. */
function mergeLogprobs(target: MergedChoice, { logprobs, delta }: Json, block: string): void {
  assert.ok(logprobs !== undefined, block);
  if (logprobs === null) return;
  const { content, refusal } = logprobs as { content: Json[]; refusal: unknown };
  assert.deepEqual(Object.keys(delta as Json), ['content'], block);
  assert.equal(refusal, null, block);
  assert.ok(content.length > 0, block);
  for (const entry of content) {
    onlyKeys(entry, ['token', 'logprob', 'bytes', 'top_logprobs'], block);
    assert.ok(typeof entry.token === 'string' && typeof entry.logprob === 'number', block);
    for (const other of entry.top_logprobs as Json[]) onlyKeys(other, ['token', 'logprob', 'bytes'], block);
  }
  target.logprobs ??= { content: [], refusal: null };
  target.logprobs.content.push(...content);
}

function mergeToolCalls(calls: Json[], deltas: Json[], block: string): void {
  for (const delta of deltas) {
    onlyKeys(delta, ['index', 'id', 'type', 'function', 'custom'], block);
    const { index, ...rest } = delta as { index: number };
    const call = calls[index];
    if (!call) {
      assert.equal(index, calls.length, `tool call indexes are dense: ${block}`);
      assert.ok(typeof delta.id === 'string' && delta.id !== '' && !delta.id.startsWith('fc_'), block);
      const kind = delta.type as string;
      assert.ok(kind === 'function' || kind === 'custom', block);
      const body = delta[kind] as Json;
      assert.ok(typeof body.name === 'string' && body.name !== '', block);
      assert.equal(typeof body[kind === 'function' ? 'arguments' : 'input'], 'string', block);
      calls.push(structuredClone(rest));
      continue;
    }
    const kind = call.type as string;
    assert.deepEqual(Object.keys(rest), [kind], `only input follows: ${block}`);
    const field = kind === 'function' ? 'arguments' : 'input';
    const body = call[kind] as Json;
    const piece = delta[kind] as Json;
    assert.deepEqual(Object.keys(piece), [field], block);
    body[field] = (body[field] as string) + (piece[field] as string);
  }
}

function mergeFunction(merged: Json | undefined, delta: Json, block: string): Json {
  assert.equal(typeof delta.arguments, 'string', block);
  assert.equal('name' in delta, merged === undefined, `the name comes once, first: ${block}`);
  if (!merged) return { ...delta };
  return { ...merged, arguments: (merged.arguments as string) + (delta.arguments as string) };
}

function mergeDetail(details: Json[], detail: Json): void {
  const last = details.at(-1);
  const field = detail.type === 'reasoning.text' ? 'text' : 'summary';
  if (last?.type === detail.type) last![field] = (last![field] as string) + (detail[field] as string);
  else details.push({ ...detail });
}

/** Gives the added-up message the form of an answer that is not streamed. */
function finishMessage({ message, finish_reason }: MergedChoice): void {
  const calls = (message.tool_calls as unknown[] | undefined)?.length ?? 0;
  if (finish_reason === 'tool_calls') assert.ok(calls > 0, 'tool_calls are there when the finish_reason says so');
  if (finish_reason === 'stop') assert.equal(calls, 0, 'no tool calls behind a stop');
  message.refusal ??= null;
  message.annotations ??= [];
  if (message.content === '' && (calls > 0 || message.function_call || message.refusal)) message.content = null;
}
