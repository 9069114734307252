/**
 * A strict stand-in for a server of the OpenAI API, on loopback: it refuses what real ones refuse, in the same words, and
 * records what it was sent. Tests script it with `reply` and `refuse`; without a script it answers each request sensibly and
 * always in the same way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Delivery, deliver, type RecordedRequest, type Recording } from './delivery.ts';
import { FakeServer, type StreamScript, sendWhole, toEventBytes, type WholeAnswer } from './fake-server.ts';
import { findRefusal } from './openai-refusals.ts';
import { type ScriptedItem, scriptAnswer } from './scripted-answer.ts';
import { fakeChatUsage, scriptChatChunks, scriptChatCompletion } from './scripted-forms.ts';

export interface FakeOpenAiServerOptions {
  /** Ids of its models. Default `fake-model`, `fake-small` and `fake-embedding`. */
  models?: readonly (string | Record<string, unknown>)[];
  /** The key it asks for. Default: none, and any is taken. */
  apiKey?: string;
  /** Does it serve `POST /v1/responses`? Default false: such requests get a 404. */
  hasResponses?: boolean;
  /** Parameters, and keys of messages, that it takes besides OpenAI's own (`top_k`, `reasoning_content`, …). `everything`: it
   * refuses nothing. */
  takes?: readonly string[] | 'everything';
}

export interface FakeOpenAiServer {
  /** Base of the API, with `/v1`. */
  readonly url: string;
  /** Every request for a chat completion or a response, in order of arrival, refused ones too. */
  readonly requests: readonly RecordedRequest[];
  /** The newest of `requests`. @throws when there is none */
  readonly last: RecordedRequest;
  /** All other requests: models, embeddings, and paths that do not exist. */
  readonly otherRequests: readonly RecordedRequest[];
  /** The request with this index (0 is the first), as soon as it has arrived. */
  waitForRequest(index: number): Promise<RecordedRequest>;
  /**
   * Queues the answer of one request that passes the checks. Requests beyond the queue get the default answer.
   * @param answer chunks, to which `[DONE]` is added; or the name of a file in `spec/fixtures/chat` (for a request to
   * `/responses`: in `spec/fixtures/responses`); or the URL of a file
   */
  reply(answer: StreamScript, delivery?: Delivery): FakeOpenAiServer;
  /** Queues an answer in one piece: an error, a whole completion (with status 200), … Text is sent as it is. */
  refuse(status: number, body: object | string, headers?: Record<string, string>): FakeOpenAiServer;
  /** Queues an answer in the form that the request asks for: its API's, streamed or whole. */
  answer(script: string | readonly ScriptedItem[], id?: string, delivery?: Delivery): FakeOpenAiServer;
  close(): Promise<void>;
}

type Script =
  | { items: string | readonly ScriptedItem[]; id?: string; delivery?: Delivery }
  | { answer: StreamScript; delivery: Delivery }
  | WholeAnswer;

/** What the default answer says. */
export const fakeChatText = 'Hello from the fake server.';
/** The vectors that it gives: this, with the input's place as the last number. */
export const fakeVector = [0.25, -0.5];

const createdS = 1790000000;

/** A scripted stream of chunks: text in words, then how it ends. */
export function scriptChunks(
  text: string,
  { model = 'fake-model', finishReason = 'stop', id = 'chatcmpl-fake' } = {},
): object[] {
  const head = { id, object: 'chat.completion.chunk', created: createdS, model };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...(text.match(/\S+\s*|\s+/gu) ?? []).map((content) => chunk({ content })),
    chunk({}, finishReason),
    { ...head, choices: [], usage: fakeChatUsage },
  ];
}

class Fake extends FakeServer implements FakeOpenAiServer {
  readonly #models: readonly Record<string, unknown>[];
  readonly #options: FakeOpenAiServerOptions;
  readonly #takes: ReadonlySet<string>;
  readonly #scripts: Script[] = [];

  constructor(options: FakeOpenAiServerOptions) {
    super();
    const { models = ['fake-model', 'fake-small', 'fake-embedding'], takes = [] } = options;
    this.#options = options;
    this.#takes = new Set(takes === 'everything' ? [] : takes);
    this.#models = models.map((model) =>
      typeof model === 'string' ? { id: model, object: 'model', created: createdS, owned_by: 'fake' } : model,
    );
  }

  get url(): string {
    return `${this.origin}/v1`;
  }

  reply(answer: StreamScript, delivery: Delivery = {}): FakeOpenAiServer {
    this.#scripts.push({ answer, delivery });
    return this;
  }

  refuse(status: number, body: object | string, headers: Record<string, string> = {}): FakeOpenAiServer {
    this.#scripts.push({ status, body, headers });
    return this;
  }

  answer(items: string | readonly ScriptedItem[], id?: string, delivery: Delivery = {}): FakeOpenAiServer {
    this.#scripts.push({ items, id, delivery });
    return this;
  }

  async handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(recording.path, this.url);
    const route = `${req.method} ${pathname}`;
    const isResponses = route === 'POST /v1/responses';
    if (route === 'POST /v1/chat/completions' || (isResponses && this.#options.hasResponses)) {
      this.record(recording);
      await this.#respond(req, res, recording, isResponses);
      return;
    }
    this.otherRequests.push(recording);
    sendWhole(res, recording, this.#checkKey(req) ?? this.#answerOther(route, recording.body));
  }

  #checkKey({ headers }: IncomingMessage): { status: number; body: object } | undefined {
    const { apiKey } = this.#options;
    if (apiKey === undefined || headers.authorization === `Bearer ${apiKey}`) return undefined;
    const given = headers.authorization?.replace(/^Bearer /, '');
    const [message, code] = given
      ? [`Incorrect API key provided: ${given.slice(0, 3)}***.`, 'invalid_api_key']
      : ["You didn't provide an API key.", null];
    return { status: 401, body: { error: { message, type: 'invalid_request_error', param: null, code } } };
  }

  #answerOther(route: string, body: unknown): { status: number; body: object } {
    if (route === 'GET /v1/models') return { status: 200, body: { object: 'list', data: this.#models } };
    if (route === 'POST /v1/embeddings') return this.#embed(body as Record<string, unknown> | undefined);
    const error = { message: `Invalid URL (${route})`, type: 'invalid_request_error', param: null, code: null };
    return { status: 404, body: { error } };
  }

  #embed({ model, input, encoding_format }: Record<string, unknown> = {}): { status: number; body: object } {
    const error = (message: string, param: string | null, code: string | null = null, status = 400) => ({
      status,
      body: { error: { message, type: 'invalid_request_error', param, code } },
    });
    if (typeof model !== 'string') return error('you must provide a model parameter', null);
    if (!this.#modelIds().includes(model)) {
      return error(`The model \`${model}\` does not exist.`, null, 'model_not_found', 404);
    }
    const isTokens = Array.isArray(input) && input.every(Number.isInteger);
    const inputs = Array.isArray(input) && !isTokens ? input : [input];
    const isInput = (value: unknown) =>
      (typeof value === 'string' && value !== '') || (Array.isArray(value) && value.every(Number.isInteger));
    if (inputs.length === 0 || !inputs.every(isInput)) return error("Invalid 'input'.", 'input', 'invalid_value');
    const data = inputs.map((_, index) => {
      const vector = [...fakeVector, index];
      const embedding =
        encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
      return { object: 'embedding', index, embedding };
    });
    const usage = { prompt_tokens: inputs.length * 3, total_tokens: inputs.length * 3 };
    return { status: 200, body: { object: 'list', data, model, usage } };
  }

  #modelIds(): string[] {
    return this.#models.map(({ id }) => String(id));
  }

  async #respond(req: IncomingMessage, res: ServerResponse, recording: Recording, isResponses: boolean): Promise<void> {
    const body = recording.body as Record<string, unknown>;
    const refusal =
      this.#checkKey(req) ??
      (isResponses || this.#options.takes === 'everything'
        ? undefined
        : findRefusal(body, { models: this.#modelIds(), takes: this.#takes }));
    if (refusal) {
      sendWhole(res, recording, refusal);
      return;
    }
    const queued = this.#scripts.shift() ?? { items: fakeChatText };
    const script = 'items' in queued ? toForm(queued, body, isResponses) : queued;
    if ('answer' in script) {
      const chunks = toEventBytes(script.answer, isResponses ? 'responses' : 'chat');
      await deliver(res, recording, chunks, script.delivery, { 'content-type': 'text/event-stream; charset=utf-8' });
      return;
    }
    sendWhole(res, recording, script);
  }
}

/** In the form of the request's API, streamed or whole. */
function toForm(
  { items, id, delivery = {} }: Extract<Script, { items: unknown }>,
  { model, stream }: Record<string, unknown>,
  isResponses: boolean,
): Exclude<Script, { items: unknown }> {
  const options = { model: String(model), id };
  if (isResponses) {
    const events = scriptAnswer(items, options);
    return stream ? { answer: events.slice(1), delivery } : { status: 200, body: finalResponse(events), headers: {} };
  }
  if (stream) return { answer: scriptChatChunks(items, options), delivery };
  return { status: 200, body: scriptChatCompletion(items, options), headers: {} };
}

/** The whole response, as an answer that is not streamed has it: with its items, which ChatGPT's streams leave out. */
function finalResponse(events: readonly { type: string; [key: string]: unknown }[]): object {
  const output = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
  return { ...(events.at(-1)!.response as object), output };
}

/** Starts a fake server on a free port of 127.0.0.1. Close it when the test ends. */
export async function createFakeOpenAiServer(options: FakeOpenAiServerOptions = {}): Promise<FakeOpenAiServer> {
  const fake = new Fake(options);
  await fake.listen();
  return fake;
}
