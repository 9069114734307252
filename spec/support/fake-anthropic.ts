/**
 * A strict stand-in for Anthropic's API, on loopback: it refuses what the real one refuses, in the same words, and records what
 * it was sent. Without a script it answers each request sensibly and always in the same way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Delivery, deliver, type RecordedRequest, type Recording } from './delivery.ts';
import { fakeChatText } from './fake-openai-server.ts';
import { FakeServer, type StreamScript, sendWhole, toEventBytes, type WholeAnswer } from './fake-server.ts';
import { findMessagesRefusal, type MessagesModel } from './messages-refusals.ts';
import type { ScriptedItem } from './scripted-answer.ts';
import { scriptMessage, scriptMessageEvents } from './scripted-forms.ts';

export const fakeAnthropicKey = 'sk-ant-fake-key-0123456789';
/** What it says of every prompt's size. */
export const fakeTokenCount = 4242;

const models: readonly MessagesModel[] = [
  { id: 'claude-opus-5', thinking: 'adaptive', isSampled: false, maxOutputTokens: 64_000 },
  { id: 'claude-sonnet-4-5', thinking: 'budget', maxOutputTokens: 32_000 },
];

export interface FakeAnthropicOptions {
  /** `everything`: it refuses no body. Default: what the real one refuses. */
  takes?: 'everything';
}

export interface FakeAnthropic {
  /** Base of the API, without `/v1`. */
  readonly url: string;
  /** Every request for an answer, in order of arrival, refused ones too. */
  readonly requests: readonly RecordedRequest[];
  readonly last: RecordedRequest;
  /** All others: models, counts of tokens. */
  readonly otherRequests: readonly RecordedRequest[];
  reply(answer: StreamScript, delivery?: Delivery): FakeAnthropic;
  refuse(status: number, body: object | string, headers?: Record<string, string>): FakeAnthropic;
  answer(script: string | readonly ScriptedItem[], id?: string, delivery?: Delivery): FakeAnthropic;
  close(): Promise<void>;
}

type Script =
  | { items: string | readonly ScriptedItem[]; id?: string; delivery?: Delivery }
  | { answer: StreamScript; delivery: Delivery }
  | WholeAnswer;

const limitHeaders = {
  'anthropic-ratelimit-requests-limit': '1000',
  'anthropic-ratelimit-requests-remaining': '750',
  'anthropic-ratelimit-requests-reset': '2026-12-01T00:00:30Z',
};

function toRefusal(status: number, type: string, message: string): WholeAnswer {
  return { status, body: { type: 'error', error: { type, message }, request_id: 'req_fake' } };
}

class Fake extends FakeServer implements FakeAnthropic {
  readonly #scripts: Script[] = [];
  readonly #takesAll: boolean;

  constructor({ takes }: FakeAnthropicOptions = {}) {
    super();
    this.#takesAll = takes === 'everything';
  }

  get url(): string {
    return this.origin;
  }

  reply(answer: StreamScript, delivery: Delivery = {}): FakeAnthropic {
    this.#scripts.push({ answer, delivery });
    return this;
  }

  refuse(status: number, body: object | string, headers: Record<string, string> = {}): FakeAnthropic {
    this.#scripts.push({ status, body, headers });
    return this;
  }

  answer(items: string | readonly ScriptedItem[], id?: string, delivery: Delivery = {}): FakeAnthropic {
    this.#scripts.push({ items, id, delivery });
    return this;
  }

  async handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = `${req.method} ${new URL(recording.path, this.url).pathname}`;
    const refusal = this.#checkHeaders(req);
    if (route === 'POST /v1/messages') {
      this.record(recording);
      await this.#respond(res, recording, refusal);
      return;
    }
    this.otherRequests.push(recording);
    sendWhole(res, recording, refusal ?? this.#answerOther(route));
  }

  #checkHeaders({ headers }: IncomingMessage): WholeAnswer | undefined {
    if (headers['x-api-key'] !== fakeAnthropicKey) return toRefusal(401, 'authentication_error', 'invalid x-api-key');
    if (headers['anthropic-version']) return undefined;
    return toRefusal(400, 'invalid_request_error', 'anthropic-version: header is required');
  }

  #answerOther(route: string): WholeAnswer {
    if (route === 'POST /v1/messages/count_tokens') return { status: 200, body: { input_tokens: fakeTokenCount } };
    if (route !== 'GET /v1/models') return toRefusal(404, 'not_found_error', 'Not found');
    return { status: 200, body: { data: models.map(toEntry), has_more: false, first_id: null, last_id: null } };
  }

  async #respond(res: ServerResponse, recording: Recording, refused: WholeAnswer | undefined): Promise<void> {
    const body = recording.body as Record<string, unknown>;
    const refusal = refused ?? this.#findRefusal(body);
    if (refusal) {
      sendWhole(res, recording, refusal);
      return;
    }
    const script = this.#scripts.shift() ?? { items: [{ reasoning: ['Hm.'] }, { text: fakeChatText }] };
    if ('status' in script) {
      sendWhole(res, recording, script);
      return;
    }
    const options = { model: String(body.model), id: 'items' in script ? script.id : undefined };
    if ('items' in script && body.stream !== true) {
      sendWhole(res, recording, { status: 200, body: scriptMessage(script.items, options), headers: limitHeaders });
      return;
    }
    const answer = 'items' in script ? scriptMessageEvents(script.items, options) : script.answer;
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...limitHeaders };
    await deliver(res, recording, toEventBytes(answer, 'messages'), script.delivery ?? {}, headers);
  }

  #findRefusal(body: Record<string, unknown>): WholeAnswer | undefined {
    const model = models.find(({ id }) => id === body.model);
    if (!model) return toRefusal(404, 'not_found_error', `model: ${body.model}`);
    const message = this.#takesAll ? undefined : findMessagesRefusal(body, model);
    return message === undefined ? undefined : toRefusal(400, 'invalid_request_error', message);
  }
}

/** As the API lists it. */
function toEntry({ id, thinking, maxOutputTokens }: MessagesModel): object {
  const of = (supported: boolean) => ({ supported });
  const isAdaptive = thinking === 'adaptive';
  return {
    type: 'model',
    id,
    display_name: id.replace('claude-', 'Claude '),
    created_at: '2026-09-01T00:00:00Z',
    lifecycle: 'active',
    line: id.includes('opus') ? 'opus' : 'sonnet',
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 1_000_000,
    max_tokens: maxOutputTokens,
    capabilities: {
      image_input: of(true),
      thinking: { supported: true, types: { adaptive: of(isAdaptive), enabled: of(!isAdaptive), disabled: of(true) } },
      effort: { supported: isAdaptive, low: of(isAdaptive), medium: of(isAdaptive), high: of(isAdaptive) },
    },
  };
}

/** Starts one on a free port of 127.0.0.1. Close it when the test ends. */
export async function createFakeAnthropic(options: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
  const fake = new Fake(options);
  await fake.listen();
  return fake;
}
