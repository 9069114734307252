/** Runs events through both Completions encoders, and reads a Completions stream as the strictest SDK does. */
import assert from 'node:assert/strict';
import { type CompletionRequest, completions } from '../../lib/apis/completions/index.ts';
import type { CompletionLogprobs } from '../../lib/apis/completions/logprobs.ts';
import { toAnswerContext } from './answer-context.ts';
import type { ChoiceEvent } from './chat-answers.ts';
import { toRegularChoices } from './regular-events.ts';

type Json = Record<string, unknown>;

export interface CompletionChoice {
  text: string;
  index: number;
  logprobs: CompletionLogprobs | null;
  finish_reason: string;
}

export interface CompletionAnswer {
  id: string;
  created: number;
  model: string;
  choices: CompletionChoice[];
  usage?: unknown;
}

const toBody = (body: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: 'gpt-5.5',
  prompt: 'Once',
  ...body,
});

/** The wire text of the streamed answer. */
export function streamCompletion(events: readonly ChoiceEvent[], body?: Partial<CompletionRequest>): string {
  const encoder = completions.createStreamEncoder(toBody(body), toAnswerContext('gpt-5.5'));
  return (
    toRegularChoices(events)
      .map(([event, choice]) => encoder.encode(event, choice))
      .join('') + encoder.finish()
  );
}

/** The answer that is not streamed, as a client parses it. */
export function answerCompletion(events: readonly ChoiceEvent[], body?: Partial<CompletionRequest>): CompletionAnswer {
  const encoder = completions.createAnswerEncoder(toBody(body), toAnswerContext('gpt-5.5'));
  for (const [event, choice] of toRegularChoices(events)) encoder.add(event, choice);
  return checkCompletion(JSON.parse(JSON.stringify(encoder.finish())) as Json);
}

const finishReasons = ['stop', 'length', 'content_filter'];
const usageKeys = ['prompt_tokens', 'completion_tokens', 'total_tokens'];

/** @throws AssertionError for an answer that breaks a rule */
export function checkCompletion(body: Json): CompletionAnswer {
  onlyKeys(body, ['id', 'object', 'created', 'model', 'choices', 'usage'], JSON.stringify(body));
  checkHead(body, JSON.stringify(body));
  const { object: _, ...rest } = body;
  const answer = rest as unknown as CompletionAnswer;
  answer.choices.forEach((choice, index) => {
    assert.deepEqual(Object.keys(choice), ['text', 'index', 'logprobs', 'finish_reason']);
    assert.equal(choice.index, index);
    assert.equal(typeof choice.text, 'string');
    assert.ok(finishReasons.includes(choice.finish_reason));
  });
  if (answer.usage) assert.deepEqual(Object.keys(answer.usage as Json), usageKeys);
  return answer;
}

/**
 * @param wire the whole stream
 * @returns what a client adds the chunks up to
 * @throws AssertionError naming the chunk that breaks a rule
 */
export function checkCompletionStream(
  wire: string,
  { hasUsage = false, choices = 1 }: { hasUsage?: boolean; choices?: number } = {},
): CompletionAnswer {
  assert.ok(wire.endsWith('\n\n'), 'the stream ends with a blank line');
  const blocks = wire.slice(0, -2).split('\n\n');
  assert.equal(blocks.pop(), 'data: [DONE]', 'the last block is [DONE]');
  const merged: CompletionChoice[] = [];
  let first: Json | undefined;
  let usage: unknown;
  for (const block of blocks) {
    assert.match(block, /^data: \{[^\n]*\}$/, `one data line: ${block}`);
    const chunk = JSON.parse(block.slice('data: '.length)) as Json;
    onlyKeys(chunk, ['id', 'object', 'created', 'model', 'choices', 'usage'], block);
    checkHead(chunk, block);
    first ??= chunk;
    for (const key of ['id', 'created', 'model']) assert.equal(chunk[key], first[key], block);
    assert.equal(usage, undefined, `nothing follows the usage: ${block}`);
    const [choice, ...others] = chunk.choices as CompletionChoice[];
    assert.equal(others.length, 0, block);
    if (!choice) {
      assert.ok(hasUsage, `a usage chunk only where it was asked for: ${block}`);
      assert.deepEqual(Object.keys(chunk.usage as Json), usageKeys, block);
      usage = chunk.usage;
      continue;
    }
    assert.equal('usage' in chunk, hasUsage, block);
    assert.equal(chunk.usage ?? null, null, block);
    mergeChoice(merged, choice, block);
  }
  assert.equal(merged.length, choices);
  for (const choice of merged) assert.ok(finishReasons.includes(choice.finish_reason), 'every choice is finished');
  const { id, created, model } = first as unknown as CompletionAnswer;
  return { id, created, model, choices: merged, ...(usage !== undefined && { usage }) };
}

function mergeChoice(merged: CompletionChoice[], choice: CompletionChoice, block: string): void {
  assert.deepEqual(Object.keys(choice), ['text', 'index', 'logprobs', 'finish_reason'], block);
  merged[choice.index] ??= { text: '', index: choice.index, logprobs: null, finish_reason: '' };
  const target = merged[choice.index]!;
  assert.equal(target.finish_reason, '', `nothing follows the finish_reason: ${block}`);
  if (choice.finish_reason === null) assert.notEqual(choice.text, '', `a chunk says something: ${block}`);
  if (choice.logprobs) {
    const { tokens, token_logprobs, top_logprobs, text_offset } = choice.logprobs;
    assert.equal(token_logprobs.length, tokens.length, block);
    assert.equal(text_offset.length, tokens.length, block);
    assert.equal(tokens.join(''), choice.text, block);
    tokens.forEach((token, index) => {
      const characters = Array.from(target.text + tokens.slice(0, index).join('')).length;
      assert.equal(text_offset[index], characters, `${token} begins where it begins: ${block}`);
    });
    const before = target.logprobs;
    target.logprobs = {
      tokens: [...(before?.tokens ?? []), ...tokens],
      token_logprobs: [...(before?.token_logprobs ?? []), ...token_logprobs],
      top_logprobs: top_logprobs && [...(before?.top_logprobs ?? []), ...top_logprobs],
      text_offset: [...(before?.text_offset ?? []), ...text_offset],
    };
  }
  target.text += choice.text;
  target.finish_reason = choice.finish_reason ?? '';
}

function checkHead(body: Json, label: string): void {
  assert.match(body.id as string, /^cmpl-./, label);
  assert.equal(body.object, 'text_completion', label);
  assert.ok(Number.isInteger(body.created), label);
  assert.equal(typeof body.model, 'string', label);
  assert.ok(Array.isArray(body.choices), label);
}

function onlyKeys(object: Json, allowed: readonly string[], label: string): void {
  for (const key of Object.keys(object)) assert.ok(allowed.includes(key), `unexpected ${key}: ${label}`);
}
