/** For each client API: how to ask for an answer, what a client gets of it, and which parts of an answer the API can carry. */
import assert from 'node:assert/strict';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import type { ChatAnswer } from './chat-answers.ts';
import { checkChatStream, type MergedAnswer } from './chat-chunk-checker.ts';
import { type CompletionAnswer, checkCompletion, checkCompletionStream } from './completion-answers.ts';
import { checkMessageStream, type MergedMessage, readMessageEvents } from './messages-checker.ts';
import { checkOllamaAnswer, checkOllamaStream, type OllamaAnswer, type OllamaKind } from './ollama-answers.ts';
import { expectAnswer } from './response-events.ts';
import { checkResponseStream, readResponseEvents } from './response-stream-checker.ts';
import type { Told, ToldCall, ToldEnd } from './upstream-readers.ts';

type Json = Record<string, unknown>;

export interface ClientReader {
  name: string;
  path: string;
  /**
   * The body of a request for a stream, or for an answer in one piece.
   * @param stop a sequence at which it is to end
   */
  toBody(model: string, isStreaming: boolean, stop?: string): object;
  /** @throws AssertionError for an answer that a strict client would not understand */
  readStream(wire: string): Told;
  readWhole(body: Json): Told;
  /** The parts of an answer that the API can carry, in its form. */
  toCarried(told: Told): Told;
  /** The message of an error. @throws AssertionError when it is not in the form that the API has */
  readError(body: Json): string;
  /** The error that ends a stream, in the form of an error's body. */
  readStreamError(wire: string): Json;
}

const hello = [{ role: 'user', content: 'Hello' }];
const nothing: Told = {
  ...{ text: '', refusal: '', reasoning: '', sealed: [], calls: [], citations: [], images: [], end: 'stop' },
};
const noImagePrefix = (url: string) => url.replace(/^data:image\/\w+;base64,/, '');
const lastData = (wire: string) => JSON.parse(/^data: (.*)$/.exec(wire.trimEnd().split('\n').at(-1)!)![1]!) as Json;

function readOpenAiError({ error, ...rest }: Json): string {
  assert.deepEqual(rest, {});
  assert.deepEqual(Object.keys(error as Json).slice(0, 4), ['message', 'type', 'param', 'code']);
  return String((error as Json).message);
}

/** The reasoning that the upstream needs back, out of this server's envelopes. */
function unseal(sealed: unknown): string[] {
  const text = String(sealed ?? '').replace(/^opencompat\.[13]\./, '');
  if (text === '' || text.startsWith('opencompat.2.')) return [];
  const [, block] = /^anthropic\.1\.(.*)$/.exec(text) ?? [];
  const [, state] = /^chat\.1\.([\w-]*)/.exec(text) ?? [];
  if (block === undefined && state === undefined) return [text];
  const { opaque, details, ...thinking } = JSON.parse(Buffer.from(block ?? state!, 'base64url').toString()) as Json;
  const pieces = [thinking, { data: opaque }, ...((details ?? []) as Json[])];
  return pieces.map(({ signature, data }) => String(signature ?? data ?? '')).filter(Boolean);
}

/** Where the API has a refusal in the place of text, and an input that is an object. */
function toPlain({ text, refusal, calls, ...rest }: Told): Told {
  return { ...rest, text: text + refusal, refusal: '', calls: calls.map(toObjectCall), citations: [] };
}

/** An input has to be an object: other input is kept as text. */
function toObjectCall({ input, type, ...call }: ToldCall): ToldCall {
  const isObject = type === 'function' && /^\s*\{/.test(input || '{}') && isJson(input || '{}');
  const written = isObject ? JSON.parse(input || '{}') : { input };
  return { ...call, type: 'function', input: JSON.stringify(written) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of a call: behind it may stand what the server wants back. */
const ownId = (id: string) => id.replace(/-oc1-[\w-]*$/, '');

function readChat({ choices, usage }: ChatAnswer | MergedAnswer): Told {
  const { message, finish_reason } = choices[0]!;
  const calls = (message.tool_calls ?? []) as Json[];
  const counts = usage as Record<string, number> & Record<string, Record<string, number>>;
  return {
    ...nothing,
    text: String(message.content ?? ''),
    refusal: String(message.refusal ?? ''),
    reasoning: String(message.reasoning_content ?? ''),
    calls: calls.map((call) => {
      const { name, arguments: args, input } = (call.function ?? call.custom) as Json;
      return { id: ownId(call.id as string), name, input: args ?? input, type: call.type } as ToldCall;
    }),
    citations: ((message.annotations ?? []) as { url_citation: Json }[]).map(({ url_citation }) => {
      const { url, title, start_index, end_index } = url_citation as never;
      return { url, title, start: start_index, end: end_index };
    }),
    images: ((message.images ?? []) as { image_url: { url: string } }[]).map((image) =>
      noImagePrefix(image.image_url.url),
    ),
    end: finish_reason as ToldEnd,
    ...(usage !== undefined && {
      usage: {
        input: counts.prompt_tokens!,
        output: counts.completion_tokens!,
        cached: counts.prompt_tokens_details!.cached_tokens!,
        written: counts.prompt_tokens_details!.cache_write_tokens ?? 0,
        reasoning: counts.completion_tokens_details!.reasoning_tokens!,
      },
    }),
  };
}

const chat: ClientReader = {
  name: 'Chat Completions',
  path: '/v1/chat/completions',
  toBody: (model, stream) => ({
    model,
    messages: hello,
    ...(stream && { stream, stream_options: { include_usage: true } }),
  }),
  readStream: (wire) => readChat(checkChatStream(wire, { hasUsage: true })),
  readWhole: (body) => readChat(body as unknown as ChatAnswer),
  toCarried: ({ stopSequence: _, ...told }) => ({ ...told, sealed: [] }),
  readError: readOpenAiError,
  readStreamError: lastData,
};

function readResponse(response: Json, events: readonly Json[]): Told {
  const { text, refusal, reasoning, toolCalls, citations, images } = expectAnswer(
    events as unknown as CanonicalEvent[],
  );
  const usage = response.usage as Record<string, number> & Record<string, Record<string, number>>;
  const reason = (response.incomplete_details as Json | null)?.reason;
  const stopped: ToldEnd = toolCalls.length > 0 ? 'tool_calls' : 'stop';
  assert.equal(response.status, reason ? 'incomplete' : 'completed');
  return {
    text,
    refusal,
    reasoning: reasoning.filter(Boolean).join('\n\n'),
    sealed: (response.output as Json[]).flatMap(({ encrypted_content: sealed }) => unseal(sealed)),
    calls: toolCalls,
    citations: citations.map(({ url, title, start_index, end_index }) => ({
      ...{ url, title, start: start_index, end: end_index },
    })),
    images,
    end: reason ? (reason === 'content_filter' ? 'content_filter' : 'length') : stopped,
    ...(usage && {
      usage: {
        input: usage.input_tokens!,
        output: usage.output_tokens!,
        cached: usage.input_tokens_details!.cached_tokens!,
        written: usage.input_tokens_details!.cache_write_tokens ?? 0,
        reasoning: usage.output_tokens_details!.reasoning_tokens!,
      },
    }),
  };
}

const responses: ClientReader = {
  name: 'Responses',
  path: '/v1/responses',
  toBody: (model, stream) => ({ model, input: 'Hello', store: false, ...(stream && { stream }) }),
  readStream(wire) {
    const { response, events } = checkResponseStream(wire);
    return readResponse(response, events);
  },
  readWhole: (body) => readResponse(body, [{ type: 'response.completed', response: body }]),
  toCarried: ({ stopSequence: _, ...told }) => told,
  readError: readOpenAiError,
  readStreamError(wire) {
    const last = readResponseEvents(wire).at(-1)!;
    assert.equal(last.type, 'response.failed');
    const { error } = last.response as { error: Json };
    assert.deepEqual(Object.keys(error), ['code', 'message']);
    return { error };
  },
};

function readMessage({ content, stop_reason, stop_sequence, usage }: MergedMessage): Told {
  const blocks = (type: string) => content.filter((block) => block.type === type);
  const ends: Record<string, ToldEnd> = { tool_use: 'tool_calls', max_tokens: 'length', refusal: 'content_filter' };
  const counts = usage as Record<string, number> & { output_tokens_details?: Record<string, number> };
  const [cached, written] = [counts.cache_read_input_tokens!, counts.cache_creation_input_tokens!];
  return {
    ...nothing,
    text: blocks('text')
      .map(({ text }) => text)
      .join(''),
    reasoning: blocks('thinking')
      .map(({ thinking }) => thinking)
      .filter(Boolean)
      .join('\n\n'),
    sealed: blocks('thinking').flatMap(({ signature }) => unseal(signature)),
    calls: blocks('tool_use').map(({ id, name, input }) => ({
      ...({ id, name } as { id: string; name: string }),
      input: JSON.stringify(input),
      type: 'function',
    })),
    // A citation is of the block that it stands in.
    citations: blocks('text').flatMap(({ citations }) =>
      ((citations ?? []) as { url: string; title: string }[]).map(({ url, title }) => ({
        url,
        title,
        start: 0,
        end: 0,
      })),
    ),
    end: ends[stop_reason] ?? 'stop',
    ...(stop_sequence !== null && { stopSequence: stop_sequence }),
    usage: {
      input: counts.input_tokens! + cached + written,
      output: counts.output_tokens!,
      cached,
      written,
      reasoning: counts.output_tokens_details?.thinking_tokens ?? 0,
    },
  };
}

const messages: ClientReader = {
  name: 'Messages',
  path: '/v1/messages',
  toBody: (model, stream, stop) => ({
    model,
    ...(stop !== undefined && { stop_sequences: [stop] }),
    max_tokens: 16_000,
    messages: hello,
    thinking: { type: 'enabled', budget_tokens: 4096 },
    ...(stream && { stream }),
  }),
  readStream: (wire) => readMessage(checkMessageStream(wire).message),
  readWhole: (body) => readMessage(body as unknown as MergedMessage),
  toCarried: (told) => ({
    ...toPlain(told),
    images: [],
    citations: told.citations.map(({ url, title }) => ({ url, title, start: 0, end: 0 })),
    end: told.refusal && told.end === 'stop' ? 'content_filter' : told.end,
    usage: told.usage ?? { input: 0, output: 0, cached: 0, written: 0, reasoning: 0 },
  }),
  readError({ type, error, request_id, ...rest }) {
    assert.deepEqual([type, rest], ['error', {}]);
    assert.ok(request_id);
    assert.equal(typeof (error as Json).type, 'string');
    return String((error as Json).message);
  },
  readStreamError: (wire) => readMessageEvents(wire).at(-1)!,
};

function readOllama({ text, thinking, images, toolCalls, doneReason, promptTokens, answerTokens }: OllamaAnswer): Told {
  return {
    ...nothing,
    text,
    reasoning: thinking,
    images,
    calls: toolCalls.map(({ id, function: { name, arguments: input } }) => ({
      ...{ id: ownId(id), name, input: JSON.stringify(input), type: 'function' },
    })),
    end: doneReason as ToldEnd,
    ...(promptTokens !== undefined && {
      usage: { input: promptTokens, output: answerTokens!, cached: 0, written: 0, reasoning: 0 },
    }),
  };
}

/** Only two token counts; and calls have no end reason of their own. */
function withTwoCounts({ usage, end, stopSequence: _, ...told }: Told): Told {
  return {
    ...told,
    end: end === 'tool_calls' ? 'stop' : end,
    ...(usage && { usage: { ...usage, cached: 0, written: 0, reasoning: 0 } }),
  };
}

function createOllamaReader(kind: OllamaKind, question: object): ClientReader {
  return {
    name: `Ollama ${kind}`,
    path: `/api/${kind}`,
    toBody: (model, stream) => ({ model, ...question, stream }),
    readStream: (wire) => readOllama(checkOllamaStream(kind, wire)),
    readWhole: (body) => readOllama(checkOllamaAnswer(kind, body)),
    toCarried(told) {
      const { images, ...rest } = withTwoCounts(toPlain(told));
      // Where one picture is asked for, one is given.
      return { ...rest, images: kind === 'generate' ? images.slice(0, 1) : images, sealed: [] };
    },
    readError({ error, ...rest }) {
      assert.deepEqual(rest, {});
      assert.equal(typeof error, 'string');
      return error as string;
    },
    readStreamError: (wire) => JSON.parse(wire.trimEnd().split('\n').at(-1)!) as Json,
  };
}

function readCompletion({ choices, usage }: CompletionAnswer): Told {
  const { text, finish_reason } = choices[0]!;
  const counts = usage as { prompt_tokens: number; completion_tokens: number } | undefined;
  return {
    ...nothing,
    text,
    end: finish_reason as ToldEnd,
    ...(counts && {
      usage: { input: counts.prompt_tokens, output: counts.completion_tokens, cached: 0, written: 0, reasoning: 0 },
    }),
  };
}

const completions: ClientReader = {
  name: 'Completions',
  path: '/v1/completions',
  toBody: (model, stream) => ({
    model,
    prompt: 'Hello',
    ...(stream && { stream, stream_options: { include_usage: true } }),
  }),
  readStream: (wire) => readCompletion(checkCompletionStream(wire, { hasUsage: true })),
  readWhole: (body) => readCompletion(checkCompletion(body)),
  toCarried: (told) => ({ ...withTwoCounts(toPlain(told)), reasoning: '', sealed: [], calls: [], images: [] }),
  readError: readOpenAiError,
  readStreamError: lastData,
};

export const clientReaders: readonly ClientReader[] = [
  chat,
  responses,
  messages,
  createOllamaReader('chat', { messages: hello }),
  createOllamaReader('generate', { prompt: 'Hello' }),
  completions,
];
