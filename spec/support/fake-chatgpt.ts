/**
 * A strict stand-in for the ChatGPT backend, on loopback: it refuses what the real one refuses, in the same words, answers
 * in the same framing (no content type on streams, vendor events between), and records what it was sent. Tests script it
 * with `reply` and `refuse`; without a script it answers each request sensibly and always in the same way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCapturedAnswers } from './captured-answers.ts';
import { findRefusal } from './chatgpt-refusals.ts';
import { createDefaultAnswer } from './default-answer.ts';
import { type Delivery, deliver, type RecordedRequest, type Recording, sendJson } from './delivery.ts';
import { FakeAccount } from './fake-credentials.ts';
import { createFakeModel, type FakeModel, fakeModels } from './fake-models.ts';
import { FakeServer, sendWhole, toEventBytes, type WholeAnswer } from './fake-server.ts';
import { fakeRateLimits, scriptAnswer, type UpstreamEvent } from './scripted-answer.ts';

export interface FakeChatGptOptions {
  /** The account's models: a slug (efforts low to xhigh) or a whole one. Default: a catalogue of several. */
  models?: readonly (string | FakeModel)[];
}

export interface FakeChatGpt {
  /** Base of the backend: `chatgptBaseUrl` in the configuration. */
  readonly url: string;
  /** Base of the sign-in (`POST /oauth/token`): `chatgptAuthUrl` in the configuration. */
  readonly authUrl: string;
  readonly account: FakeAccount;
  readonly models: readonly FakeModel[];
  /** Every `POST /codex/responses`, in order of arrival, refused ones too. */
  readonly requests: readonly RecordedRequest[];
  /** The newest of `requests`. @throws when there is none */
  readonly last: RecordedRequest;
  /** All other requests: models, usage, tokens, and paths that do not exist. */
  readonly otherRequests: readonly RecordedRequest[];
  /** The request with this index (0 is the first), as soon as it has arrived. */
  waitForRequest(index: number): Promise<RecordedRequest>;
  /**
   * Queues the answer of one request that passes the checks. Requests beyond the queue get the default answer.
   * @param answer events; or the name of a file in `spec/fixtures/responses`; or the URL of a file, for fixtures elsewhere
   */
  reply(answer: string | URL | readonly UpstreamEvent[], delivery?: Delivery): FakeChatGpt;
  /**
   * Queues the answers of a capture's upstream: as they were read, refused, and cut off.
   * @param capture a file of a server that recorded (`record`), such as a user's failing request
   * @throws CaptureError for a file that is none; Error for a capture of an upstream with another API
   */
  replay(capture: string | URL, delivery?: Delivery): FakeChatGpt;
  /** Queues an answer in one piece: an error, a page of a CDN, … An object is sent as JSON, text as it is. */
  refuse(status: number, body: object | string, headers?: Record<string, string>): FakeChatGpt;
  /** What streams and the page of the plan's usage say from now on. */
  rateLimits: FakeRateLimits;
  /** From now on the access tokens given out so far are refused with `token_expired`; a refresh gives a good one. */
  expireTokens(): void;
  close(): Promise<void>;
}

type Script = { chunks: readonly Buffer[]; delivery: Delivery } | WholeAnswer;

/** A window of the plan. */
export interface FakeWindow {
  used_percent: number;
  window_minutes: number;
  /** Unix seconds. */
  reset_at: number;
}

/** What the backend says of the plan's windows; a window may be missing. */
export interface FakeRateLimits {
  primary: FakeWindow;
  secondary?: FakeWindow;
}

/** Like the real one, it names no content type. */
function streamHeaders(limits: FakeRateLimits): Record<string, string> {
  const windows = Object.entries(limits as unknown as Record<string, FakeWindow>).flatMap(([name, window]) => [
    [`x-codex-${name}-used-percent`, String(window.used_percent)],
    [`x-codex-${name}-window-minutes`, String(window.window_minutes)],
    [`x-codex-${name}-reset-at`, String(window.reset_at)],
  ]);
  return {
    'x-codex-plan-type': fakeRateLimits.plan_type,
    ...Object.fromEntries(windows),
    'x-codex-credits-has-credits': 'False',
    'x-codex-credits-unlimited': 'False',
    'x-codex-credits-balance': '0',
    'x-codex-turn-state': 'fake-turn-state',
    'x-oai-request-id': 'req_upstream',
  };
}

function usageOf({ primary, secondary }: FakeRateLimits): object {
  const toWindow = ({ used_percent, window_minutes, reset_at }: FakeWindow, reset_after_seconds: number) => ({
    used_percent,
    limit_window_seconds: window_minutes * 60,
    reset_after_seconds,
    reset_at,
  });
  return {
    plan_type: fakeRateLimits.plan_type,
    rate_limit: {
      allowed: true,
      limit_reached: false,
      primary_window: toWindow(primary, 9000),
      secondary_window: secondary ? toWindow(secondary, 300000) : null,
    },
    credits: { ...fakeRateLimits.credits, overage_limit_reached: false },
  };
}

function parseForm(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

class Fake extends FakeServer implements FakeChatGpt {
  readonly account = new FakeAccount();
  readonly models: readonly FakeModel[];
  rateLimits: FakeRateLimits = fakeRateLimits.rate_limits;
  readonly #scripts: Script[] = [];

  constructor({ models = fakeModels }: FakeChatGptOptions) {
    super();
    this.models = models.map((model, index) =>
      typeof model === 'string' ? createFakeModel(model, {}, index + 1) : model,
    );
  }

  get url(): string {
    return `${this.origin}/backend-api`;
  }

  get authUrl(): string {
    return this.origin;
  }

  reply(answer: string | URL | readonly UpstreamEvent[], delivery: Delivery = {}): FakeChatGpt {
    this.#scripts.push({ chunks: toEventBytes(answer, 'responses'), delivery });
    return this;
  }

  replay(capture: string | URL, delivery: Delivery = {}): FakeChatGpt {
    for (const { status, headers, pieces, isWhole } of readCapturedAnswers(capture, 'responses')) {
      const whole = Buffer.concat(pieces);
      if (status >= 400) this.refuse(status, whole.toString(), headers);
      else
        this.#scripts.push({
          chunks: pieces,
          delivery: {
            ...(!isWhole && { cutAfterBytes: whole.length }),
            ...delivery,
            headers: { ...headers, ...delivery.headers },
          },
        });
    }
    return this;
  }

  refuse(status: number, body: object | string, headers: Record<string, string> = {}): FakeChatGpt {
    this.#scripts.push({ status, body, headers });
    return this;
  }

  expireTokens(): void {
    this.account.expireTokens();
  }

  async handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(recording.path, this.authUrl);
    const answer = (status: number, body: object, headers: Record<string, string> = {}) => {
      recording.status = status;
      sendJson(res, status, body, headers);
    };

    if (pathname === '/backend-api/codex/responses' && req.method === 'POST') {
      this.record(recording);
      await this.#respond(req, res, recording);
      return;
    }
    this.otherRequests.push(recording);
    if (pathname === '/oauth/token' && req.method === 'POST') {
      const isJson = req.headers['content-type']?.includes('json') ?? false;
      const { status, body } = this.account.refresh(isJson ? (recording.body as never) : parseForm(recording.text));
      answer(status, body);
    } else if (pathname === '/backend-api/codex/alpha/search') {
      const refusal = this.#checkAccount(req);
      const { commands } = recording.body as { commands?: { search_query?: { q: string }[] } };
      const found = { output: `Found: ${commands?.search_query?.[0]?.q}`, encrypted_output: 'sealed' };
      answer(refusal?.status ?? 200, refusal?.body ?? found);
    } else if (pathname === '/backend-api/codex/models' || pathname === '/backend-api/wham/usage') {
      const refusal = this.#checkAccount(req);
      if (refusal) answer(refusal.status, refusal.body);
      else if (pathname.endsWith('/usage')) answer(200, usageOf(this.rateLimits));
      else if (searchParams.has('client_version')) this.#listModels(req, res, recording);
      else answer(422, { detail: [{ loc: ['query', 'client_version'], msg: 'Field required', type: 'missing' }] });
    } else {
      answer(404, { detail: 'Not Found' });
    }
  }

  #checkAccount({ headers }: IncomingMessage) {
    return this.account.check(headers.authorization, headers['chatgpt-account-id'] as string | undefined);
  }

  #listModels(req: IncomingMessage, res: ServerResponse, recording: Recording): void {
    const etag = `"${this.models.map(({ slug }) => slug).join()}"`;
    recording.status = req.headers['if-none-match'] === etag ? 304 : 200;
    if (recording.status === 304) res.writeHead(304, { etag }).end();
    else sendJson(res, 200, { models: this.models.map(({ entry }) => entry) }, { etag });
  }

  async #respond(req: IncomingMessage, res: ServerResponse, recording: Recording): Promise<void> {
    const refusal =
      this.#checkAccount(req) ??
      (req.headers['content-type']?.includes('application/json')
        ? findRefusal(recording.body, this.models)
        : { status: 400, body: { detail: 'Unsupported content type' } });
    if (refusal) {
      recording.status = refusal.status;
      sendJson(res, refusal.status, refusal.body as object);
      return;
    }
    const script = this.#scripts.shift() ?? this.#answerByDefault(recording.body as { model: string });
    if ('chunks' in script) {
      await deliver(res, recording, script.chunks, script.delivery, streamHeaders(this.rateLimits));
      return;
    }
    sendWhole(res, recording, script);
  }

  #answerByDefault(body: { model: string }): Script {
    const [, ...events] = scriptAnswer(createDefaultAnswer(body), {
      id: `fake${this.requests.length}`,
      model: body.model,
    });
    const told = { ...fakeRateLimits, rate_limits: this.rateLimits };
    return { chunks: toEventBytes([told, ...events], 'responses'), delivery: {} };
  }
}

/** Starts a fake ChatGPT backend on a free port of 127.0.0.1. Close it when the test ends. */
export async function createFakeChatGpt(options: FakeChatGptOptions = {}): Promise<FakeChatGpt> {
  const fake = new Fake(options);
  await fake.listen();
  return fake;
}
