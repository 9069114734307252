/** Runs events through both Ollama encoders, and reads a stream of Ollama's as the strictest client does. */
import assert from 'node:assert/strict';
import type { AnswerContext, ClientApi } from '../../lib/apis/api.ts';
import { ollamaChat, ollamaGenerate } from '../../lib/apis/ollama/index.ts';
import type { ChatBody, GenerateBody } from '../../lib/apis/ollama/schema.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { receivedMs, toAnswerContext } from './answer-context.ts';
import { toRegularEvents } from './regular-events.ts';

type Json = Record<string, unknown>;

export type OllamaKind = 'chat' | 'generate';

export interface OllamaCall {
  id: string;
  function: { index: number; name: string; arguments: Json };
}

/** An answer as a client adds it up, whichever of the two requests it is to. */
export interface OllamaAnswer {
  model: string;
  text: string;
  thinking: string;
  images: string[];
  toolCalls: OllamaCall[];
  logprobs: { token: string; logprob: number }[];
  doneReason: string;
  promptTokens?: number;
  answerTokens?: number;
}

/** Each look at the clock finds it a quarter of a millisecond later. */
function toContext(): AnswerContext {
  let now = receivedMs;
  return toAnswerContext('gpt-5.5', {
    nowMs: () => {
      now += 0.25;
      return now;
    },
  });
}

const apis = { chat: ollamaChat, generate: ollamaGenerate } as unknown as Record<OllamaKind, ClientApi>;
const bodies: Record<OllamaKind, ChatBody | GenerateBody> = {
  chat: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'hi' }] },
  generate: { model: 'gpt-5.5', prompt: 'hi' },
};

export function openStream(kind: OllamaKind, body: object = {}) {
  return apis[kind].createStreamEncoder({ ...bodies[kind], ...body }, toContext());
}

/** The wire text of the streamed answer. */
export function streamLines(kind: OllamaKind, events: readonly CanonicalEvent[], body?: object): string {
  const encoder = openStream(kind, body);
  return (
    toRegularEvents(events)
      .map((event) => encoder.encode(event, 0))
      .join('') + encoder.finish()
  );
}

/** The answer that is not streamed, as a client parses it. */
export function answerWhole(kind: OllamaKind, events: readonly CanonicalEvent[], body?: object): Json {
  const encoder = apis[kind].createAnswerEncoder({ ...bodies[kind], ...body }, toContext());
  for (const event of toRegularEvents(events)) encoder.add(event, 0);
  return JSON.parse(JSON.stringify(encoder.finish())) as Json;
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/;
const closingKeys = [
  ...['done_reason', 'total_duration', 'load_duration', 'prompt_eval_count', 'prompt_eval_duration'],
  ...['eval_count', 'eval_duration'],
];

/**
 * @param wire the whole stream
 * @returns what a client adds the lines up to
 * @throws AssertionError naming the line that breaks a rule
 */
export function checkOllamaStream(kind: OllamaKind, wire: string): OllamaAnswer {
  assert.ok(wire.endsWith('\n'), 'the stream ends with a line end');
  const lines = wire.slice(0, -1).split('\n');
  const answers = lines.map((line, index) => checkObject(kind, JSON.parse(line) as Json, index === lines.length - 1));
  const last = answers.at(-1)!;
  assert.equal(answers.filter(({ toolCalls }) => toolCalls.length > 0).length <= 1, true, 'all calls in one line');
  for (const answer of answers) assert.equal(answer.model, last.model);
  return {
    ...last,
    text: answers.map(({ text }) => text).join(''),
    thinking: answers.map(({ thinking }) => thinking).join(''),
    images: answers.flatMap(({ images }) => images),
    toolCalls: answers.flatMap(({ toolCalls }) => toolCalls),
    logprobs: answers.flatMap(({ logprobs }) => logprobs),
  };
}

/** The same for an answer that is not streamed. */
export function checkOllamaAnswer(kind: OllamaKind, body: Json): OllamaAnswer {
  return checkObject(kind, body, true);
}

function checkObject(kind: OllamaKind, body: Json, isLast: boolean): OllamaAnswer {
  const label = JSON.stringify(body);
  const pieceKeys =
    kind === 'chat' ? ['message', 'logprobs'] : ['response', 'thinking', 'image', 'tool_calls', 'logprobs'];
  const lastKeys = isLast ? [...closingKeys, ...(kind === 'generate' ? ['context'] : [])] : [];
  onlyKeys(body, ['model', 'created_at', 'done', ...pieceKeys, ...lastKeys], label);
  assert.equal(typeof body.model, 'string', label);
  assert.match(body.created_at as string, timestamp, label);
  assert.equal(body.done, isLast, label);

  const piece = kind === 'chat' ? (body.message as Json) : body;
  if (kind === 'chat') {
    onlyKeys(piece, ['role', 'content', 'thinking', 'images', 'tool_calls'], label);
    assert.equal(piece.role, 'assistant', label);
  }
  const text = kind === 'chat' ? piece.content : piece.response;
  assert.equal(typeof text, 'string', label);
  const { thinking = '', tool_calls: toolCalls = [] } = piece as { thinking?: string; tool_calls?: OllamaCall[] };
  if ('thinking' in piece) assert.ok(typeof thinking === 'string' && thinking !== '', label);
  const images = (kind === 'chat' ? piece.images : piece.image && [piece.image]) ?? [];
  for (const image of images as string[]) assert.match(image, /^[\w+/=.-]+$/, label);
  toolCalls.forEach((call, index) => {
    onlyKeys(call as unknown as Json, ['id', 'function'], label);
    assert.ok(typeof call.id === 'string' && call.id !== '', label);
    onlyKeys(call.function as unknown as Json, ['index', 'name', 'arguments'], label);
    assert.equal(call.function.index, index, label);
    assert.ok(typeof call.function.name === 'string' && call.function.name !== '', label);
    const args: unknown = call.function.arguments;
    assert.ok(typeof args === 'object' && args !== null && !Array.isArray(args), label);
  });
  if (isLast) checkClosing(body, label);
  return {
    model: body.model as string,
    text: text as string,
    thinking,
    images: images as string[],
    toolCalls,
    logprobs: (body.logprobs ?? []) as OllamaAnswer['logprobs'],
    doneReason: body.done_reason as string,
    promptTokens: body.prompt_eval_count as number | undefined,
    answerTokens: body.eval_count as number | undefined,
  };
}

function checkClosing(body: Json, label: string): void {
  assert.ok(['stop', 'length', 'content_filter'].includes(body.done_reason as string), label);
  for (const key of ['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration']) {
    assert.ok(Number.isSafeInteger(body[key]) && (body[key] as number) >= 0, `${key}: ${label}`);
  }
  for (const key of ['prompt_eval_duration', 'eval_duration']) {
    assert.ok((body[key] as number) > 0, `clients divide by ${key}: ${label}`);
    assert.ok((body[key] as number) <= (body.total_duration as number), `${key} is part of the whole: ${label}`);
  }
  for (const key of ['prompt_eval_count', 'eval_count']) {
    if (key in body) assert.ok(Number.isSafeInteger(body[key]), `${key}: ${label}`);
  }
}

function onlyKeys(object: Json, allowed: readonly string[], label: string): void {
  for (const key of Object.keys(object)) assert.ok(allowed.includes(key), `unexpected ${key}: ${label}`);
}
