/**
 * A strict stand-in for GitHub and its Copilot backend, on loopback: the device flow, the exchange of tokens, the account's
 * page, the list of models and the paths at which they are asked. It refuses what the real ones refuse, in the same words,
 * and records what it was sent. Tests script it with `reply` and `refuse`; without a script it answers sensibly.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeCopilotModel, fakeCopilotModels, findCopilotRefusal, findMissingHeader } from './copilot-refusals.ts';
import { createDefaultAnswer } from './default-answer.ts';
import { type Delivery, deliver, type RecordedRequest, type Recording } from './delivery.ts';
import { fakeChatText, fakeVector } from './fake-openai-server.ts';
import { FakeServer, type StreamScript, sendWhole, toEventBytes, type WholeAnswer } from './fake-server.ts';
import { type ScriptedItem, scriptAnswer } from './scripted-answer.ts';
import { scriptChatChunks, scriptChatCompletion, scriptMessage, scriptMessageEvents } from './scripted-forms.ts';

export const fakeCopilotClientId = 'Iv1.fake';
/** What the fake's quota headers say, of one of its windows. */
export const fakeSnapshot = 'ent=300&ov=0.0&ovPerm=false&rem=97.5&rst=2026-12-01T00%3A00%3A00Z';

export interface FakeCopilotOptions {
  /** Default: a catalogue of several. */
  models?: readonly FakeCopilotModel[];
}

type Script = WholeAnswer | { answer: StreamScript; delivery: Delivery };
type ScriptedItems = { items: string | readonly ScriptedItem[]; id: string; delivery?: Delivery };

/** What the person at the browser does with the code. */
type DeviceState = { kind: 'waiting' } | { kind: 'denied' } | { kind: 'granted'; token: string };

export interface FakeCopilot {
  /** For `githubUrl` and `githubApiUrl`. */
  readonly url: string;
  /** The backend that the tokens' answers name. */
  readonly backendUrl: string;
  /** A GitHub token that is good: `refresh_token` in the credential file. */
  readonly gitHubToken: string;
  /** Every request for an answer, in order of arrival, refused ones too. */
  readonly requests: readonly RecordedRequest[];
  /** The newest of `requests`. @throws when there is none */
  readonly last: RecordedRequest;
  /** All other requests: sign-in, tokens, account, models. */
  readonly otherRequests: readonly RecordedRequest[];
  /** How many of `otherRequests` were for this path. */
  count(path: string): number;
  /**
   * Queues the answer of one request that passes the checks: events or chunks, or the name of a file of the fixtures, or
   * the URL of any file.
   */
  reply(answer: StreamScript, delivery?: Delivery): FakeCopilot;
  /** Queues an answer in one piece. */
  refuse(status: number, body: object | string, headers?: Record<string, string>): FakeCopilot;
  /** Queues an answer in the form that the request asks for: its path's, streamed or whole. */
  answer(script: string | readonly ScriptedItem[], id?: string, delivery?: Delivery): FakeCopilot;
  /** Queues an answer to a request of another path, such as `/copilot_internal/v2/token`. */
  answerOnce(path: string, answer: WholeAnswer | { hold: Promise<unknown> }): FakeCopilot;
  /** From now on the Copilot tokens given out so far are refused; an exchange gives a good one. */
  expireTokens(): void;
  /** The person takes the access away: GitHub tokens and Copilot tokens are refused. */
  revoke(): void;
  /** A further GitHub token, as if someone had signed in. */
  signIn(): string;
  /** The person types the code. @returns false when there is no such code */
  enterCode(userCode: string): boolean;
  denyCode(userCode: string): boolean;
  /** Seconds, as the device flow's answer says them. */
  device: { intervalS: number; expiresInS: number };
  /** Seconds after which a token should be replaced, as its answer says it. */
  refreshInS: number;
  close(): Promise<void>;
}

const forms: Readonly<Record<string, 'chat' | 'messages' | 'responses'>> = {
  '/chat/completions': 'chat',
  '/responses': 'responses',
  '/v1/messages': 'messages',
};
const answerPaths = new Set([...Object.keys(forms), '/embeddings']);

class Fake extends FakeServer implements FakeCopilot {
  readonly gitHubToken: string;
  readonly device = { intervalS: 5, expiresInS: 900 };
  refreshInS = 1500;
  readonly #models: readonly FakeCopilotModel[];
  readonly #gitHubTokens = new Set<string>();
  readonly #copilotTokens = new Set<string>();
  readonly #devices = new Map<string, { userCode: string; state: DeviceState }>();
  readonly #scripts: (Script | ScriptedItems)[] = [];
  readonly #once = new Map<string, (WholeAnswer | { hold: Promise<unknown> })[]>();
  #minted = 0;

  constructor({ models = fakeCopilotModels }: FakeCopilotOptions) {
    super();
    this.#models = models;
    this.gitHubToken = this.signIn();
  }

  get url(): string {
    return this.origin;
  }

  get backendUrl(): string {
    return `${this.origin}/individual`;
  }

  count(path: string): number {
    return this.otherRequests.filter((request) => request.path === path).length;
  }

  reply(answer: StreamScript, delivery: Delivery = {}): FakeCopilot {
    this.#scripts.push({ answer, delivery });
    return this;
  }

  refuse(status: number, body: object | string, headers: Record<string, string> = {}): FakeCopilot {
    this.#scripts.push({ status, body, headers });
    return this;
  }

  answer(items: string | readonly ScriptedItem[], id = 'fake', delivery: Delivery = {}): FakeCopilot {
    this.#scripts.push({ items, id, delivery });
    return this;
  }

  answerOnce(path: string, answer: WholeAnswer | { hold: Promise<unknown> }): FakeCopilot {
    this.#once.set(path, [...(this.#once.get(path) ?? []), answer]);
    return this;
  }

  expireTokens(): void {
    this.#copilotTokens.clear();
  }

  revoke(): void {
    this.#gitHubTokens.clear();
    this.#copilotTokens.clear();
  }

  signIn(): string {
    const token = `gho_fakeGitHubToken${++this.#minted}`;
    this.#gitHubTokens.add(token);
    return token;
  }

  enterCode(userCode: string): boolean {
    return this.#decide(userCode, { kind: 'granted', token: this.signIn() });
  }

  denyCode(userCode: string): boolean {
    return this.#decide(userCode, { kind: 'denied' });
  }

  #decide(userCode: string, state: DeviceState): boolean {
    const device = [...this.#devices.values()].find((known) => known.userCode === userCode);
    if (device) device.state = state;
    return device !== undefined;
  }

  async handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = recording.path.replace(/^\/individual(?=\/)/, '');
    if (req.method === 'POST' && answerPaths.has(path)) {
      this.record(recording);
      await this.#respond(req, res, recording, path);
      return;
    }
    this.otherRequests.push(recording);
    const scripted = this.#once.get(recording.path)?.shift();
    if (scripted && 'hold' in scripted) await scripted.hold;
    const answer =
      scripted && 'status' in scripted
        ? scripted
        : this.#answerOther(`${req.method} ${path}`, req, new URLSearchParams(recording.text));
    this.#send(res, recording, answer);
  }

  #send(res: ServerResponse, recording: Recording, { status, body, headers }: WholeAnswer): void {
    const plain = typeof body === 'string' && { 'content-type': 'text/plain' };
    sendWhole(res, recording, { status, body, headers: { ...plain, ...headers } });
  }

  #answerOther(route: string, req: IncomingMessage, form: URLSearchParams): WholeAnswer {
    switch (route) {
      case 'POST /login/device/code':
        return this.#startDevice(req, form);
      case 'POST /login/oauth/access_token':
        return this.#pollDevice(req, form);
      case 'GET /copilot_internal/v2/token':
        return this.#checkGitHubToken(req) ?? { status: 200, body: this.#mintToken() };
      case 'GET /copilot_internal/user':
        return this.#checkGitHubToken(req) ?? { status: 200, body: fakeAccount };
      case 'GET /models': {
        const body = { object: 'list', data: this.#models.map(({ entry }) => entry) };
        return this.#checkRequest(req) ?? { status: 200, body };
      }
      default:
        return {
          status: 404,
          body: { message: 'Not Found', documentation_url: 'https://docs.github.com', status: '404' },
        };
    }
  }

  #startDevice({ headers }: IncomingMessage, form: URLSearchParams): WholeAnswer {
    // Without the header, GitHub answers with a form instead of JSON.
    if (!headers.accept?.includes('application/json')) return { status: 200, body: 'device_code=x&user_code=y' };
    if (form.get('client_id') !== fakeCopilotClientId) return { status: 404, body: { error: 'Not Found' } };
    if (form.get('scope') !== 'read:user') return { status: 200, body: { error: 'invalid_scope' } };
    const userCode = `WDJB-${String(++this.#minted).padStart(4, '0')}`;
    const deviceCode = `device-${this.#minted}`;
    this.#devices.set(deviceCode, { userCode, state: { kind: 'waiting' } });
    return {
      status: 200,
      body: {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: `${this.url}/login/device`,
        expires_in: this.device.expiresInS,
        interval: this.device.intervalS,
      },
    };
  }

  /** Refusals have status 200, too. */
  #pollDevice({ headers }: IncomingMessage, form: URLSearchParams): WholeAnswer {
    const refuse = (error: string): WholeAnswer => ({
      status: 200,
      body: { error, error_description: `Something about ${error}.`, error_uri: 'https://docs.github.com' },
    });
    if (!headers.accept?.includes('application/json')) return { status: 200, body: 'error=bad' };
    if (form.get('client_id') !== fakeCopilotClientId) return refuse('incorrect_client_credentials');
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:device_code')
      return refuse('unsupported_grant_type');
    const deviceCode = form.get('device_code') ?? '';
    const device = this.#devices.get(deviceCode);
    if (!device) return refuse('incorrect_device_code');
    if (device.state.kind === 'waiting') return refuse('authorization_pending');
    this.#devices.delete(deviceCode);
    if (device.state.kind === 'denied') return refuse('access_denied');
    return { status: 200, body: { access_token: device.state.token, token_type: 'bearer', scope: 'read:user' } };
  }

  #checkGitHubToken(req: IncomingMessage): WholeAnswer | undefined {
    const missing = findMissingHeader(req.headers, ['editor-version', 'editor-plugin-version', 'user-agent']);
    if (missing) return missing;
    const token = /^token (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
    if (this.#gitHubTokens.has(token)) return undefined;
    return {
      status: 401,
      body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com', status: '401' },
    };
  }

  #mintToken(): object {
    const token = `tid=fake${++this.#minted};exp=1790000000;sku=copilot_pro:mac`;
    this.#copilotTokens.add(token);
    return {
      token,
      // GitHub's clock, which differs from this machine's.
      expires_at: 1790000000,
      refresh_in: this.refreshInS,
      sku: 'copilot_pro',
      individual: true,
      chat_enabled: true,
      endpoints: { api: this.backendUrl, proxy: `${this.url}/proxy`, telemetry: `${this.url}/telemetry` },
      limited_user_quotas: null,
      organization_list: [],
    };
  }

  /** What every request to the backend must have. */
  #checkRequest(req: IncomingMessage): WholeAnswer | undefined {
    const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
    if (!this.#copilotTokens.has(token)) return { status: 401, body: 'unauthorized: token expired\n' };
    if (!req.url?.startsWith('/individual/')) return { status: 421, body: 'misdirected request\n' };
    return findMissingHeader(req.headers);
  }

  async #respond(req: IncomingMessage, res: ServerResponse, recording: Recording, path: string): Promise<void> {
    const refusal = this.#checkRequest(req) ?? findCopilotRefusal(path, req.headers, recording.body, this.#models);
    if (refusal) {
      this.#send(res, recording, refusal);
      return;
    }
    const body = recording.body as Record<string, unknown>;
    const queued = this.#scripts.shift() ?? this.#answerByDefault(path, body);
    const script = 'items' in queued ? toForm(queued, path, body) : queued;
    if ('status' in script) {
      this.#send(res, recording, script);
      return;
    }
    await deliver(res, recording, toEventBytes(script.answer, forms[path]!), script.delivery, {
      'content-type': 'text/event-stream',
      'x-request-id': String(req.headers['x-request-id']),
      'x-quota-snapshot-premium_interactions': fakeSnapshot,
      'x-quota-snapshot-chat': 'ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst=2026-12-01T00%3A00%3A00Z',
    });
  }

  #answerByDefault(path: string, body: Record<string, unknown>): Script | ScriptedItems {
    if (path === '/embeddings') {
      const input = body.input as unknown[];
      const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [...fakeVector, index] }));
      const usage = { prompt_tokens: input.length * 3, total_tokens: input.length * 3 };
      return { status: 200, body: { object: 'list', data, model: body.model, usage } };
    }
    if (path === '/responses') return { items: createDefaultAnswer(body), id: `fake${this.requests.length}` };
    if (path === '/v1/messages') return { items: [{ reasoning: ['Hm.'] }, { text: fakeChatText }], id: 'fake' };
    return { items: fakeChatText, id: 'fake' };
  }
}

function toForm(scripted: ScriptedItems, path: string, { model, stream }: Record<string, unknown>): Script {
  const { items, id, delivery = {} } = scripted;
  const options = { model: String(model), id };
  // The first event is ChatGPT's own.
  if (path === '/responses') return { answer: scriptAnswer(items, options).slice(1), delivery };
  const isMessages = path === '/v1/messages';
  if (!stream) return { status: 200, body: (isMessages ? scriptMessage : scriptChatCompletion)(items, options) };
  return { answer: (isMessages ? scriptMessageEvents : scriptChatChunks)(items, options), delivery };
}

/** An answer in Anthropic's API, with thinking. */
export function messageEvents(model: string): object[] {
  return scriptMessageEvents([{ reasoning: ['Hm.'] }, { text: fakeChatText }], { model });
}

/** What GitHub's page of the account says. */
export const fakeAccount = {
  login: 'octo-someone',
  access_type_sku: 'plus_monthly_subscriber_quota',
  copilot_plan: 'individual_pro',
  chat_enabled: true,
  assigned_date: '2026-01-01T00:00:00Z',
  quota_reset_date: '2026-12-01',
  organization_list: [],
  quota_snapshots: {
    chat: { entitlement: 0, remaining: 0, percent_remaining: 100, unlimited: true, overage_count: 0, quota_id: 'chat' },
    premium_interactions: {
      entitlement: 1500,
      remaining: 1470,
      quota_remaining: 1470.0,
      percent_remaining: 98.0,
      unlimited: false,
      overage_count: 0,
      overage_permitted: false,
      quota_id: 'premium_interactions',
    },
  },
};

/** Starts a fake GitHub and Copilot backend on a free port of 127.0.0.1. Close it when the test ends. */
export async function createFakeCopilot(options: FakeCopilotOptions = {}): Promise<FakeCopilot> {
  const fake = new Fake(options);
  await fake.listen();
  return fake;
}
