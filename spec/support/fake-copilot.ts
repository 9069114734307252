/**
 * A strict stand-in for GitHub and its Copilot backend, on loopback: the device flow, the exchange of tokens, the account's
 * page, the list of models and the paths at which they are asked. It refuses what the real ones refuse, in the same words,
 * and records what it was sent. Tests script it with `reply` and `refuse`; without a script it answers sensibly.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type FakeCopilotModel, fakeCopilotModels, findCopilotRefusal, findMissingHeader } from './copilot-refusals.ts';
import { createDefaultAnswer } from './default-answer.ts';
import {
  type Delivery,
  deliver,
  type RecordedRequest,
  Recording,
  readBody,
  sendJson,
  splitIntoEvents,
} from './delivery.ts';
import { fakeChatText, fakeVector, scriptChunks } from './fake-openai-server.ts';
import { signThinking } from './messages-refusals.ts';
import { scriptAnswer, toSseText } from './scripted-answer.ts';

export const fakeCopilotClientId = 'Iv1.fake';
/** What the fake's quota headers say, of one of its windows. */
export const fakeSnapshot = 'ent=300&ov=0.0&ovPerm=false&rem=97.5&rst=2026-12-01T00%3A00%3A00Z';

export interface FakeCopilotOptions {
  /** Default: a catalogue of several. */
  models?: readonly FakeCopilotModel[];
}

type Answer = { status: number; body: object | string; headers?: Record<string, string> };
type Script = Answer | { answer: string | URL | readonly object[]; delivery: Delivery };

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
  reply(answer: string | URL | readonly object[], delivery?: Delivery): FakeCopilot;
  /** Queues an answer that is no stream. */
  refuse(status: number, body: object | string, headers?: Record<string, string>): FakeCopilot;
  /** Queues an answer to a request of another path, such as `/copilot_internal/v2/token`. */
  answerOnce(path: string, answer: Answer | { hold: Promise<unknown> }): FakeCopilot;
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

/** Found from the package's root, so that the compiled copy finds them too. */
const fixtures = new URL('spec/fixtures/', import.meta.resolve('opencompat/package.json'));
const fixtureFolders: Readonly<Record<string, string>> = {
  '/chat/completions': 'chat/',
  '/responses': 'responses/',
  '/v1/messages': 'messages/',
};
const answerPaths = new Set(['/chat/completions', '/responses', '/v1/messages', '/embeddings']);

class Fake implements FakeCopilot {
  url = '';
  backendUrl = '';
  gitHubToken = '';
  readonly requests: Recording[] = [];
  readonly otherRequests: Recording[] = [];
  readonly device = { intervalS: 5, expiresInS: 900 };
  refreshInS = 1500;
  readonly #models: readonly FakeCopilotModel[];
  readonly #gitHubTokens = new Set<string>();
  readonly #copilotTokens = new Set<string>();
  readonly #devices = new Map<string, { userCode: string; state: DeviceState }>();
  readonly #scripts: Script[] = [];
  readonly #once = new Map<string, (Answer | { hold: Promise<unknown> })[]>();
  readonly #server = createServer((req, res) => void this.#handle(req, res));
  #minted = 0;

  constructor({ models = fakeCopilotModels }: FakeCopilotOptions) {
    this.#models = models;
    this.gitHubToken = this.signIn();
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.backendUrl = `${this.url}/individual`;
  }

  get last(): RecordedRequest {
    const last = this.requests.at(-1);
    if (!last) throw new Error('The fake backend has got no request for an answer.');
    return last;
  }

  count(path: string): number {
    return this.otherRequests.filter((request) => request.path === path).length;
  }

  reply(answer: string | URL | readonly object[], delivery: Delivery = {}): FakeCopilot {
    this.#scripts.push({ answer, delivery });
    return this;
  }

  refuse(status: number, body: object | string, headers: Record<string, string> = {}): FakeCopilot {
    this.#scripts.push({ status, body, headers });
    return this;
  }

  answerOnce(path: string, answer: Answer | { hold: Promise<unknown> }): FakeCopilot {
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

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const text = await readBody(req).catch(() => undefined);
    // The other side left before it had sent its request.
    if (text === undefined) return;
    const recording = new Recording(req, res, text);
    const path = recording.path.replace(/^\/individual(?=\/)/, '');
    if (req.method === 'POST' && answerPaths.has(path)) {
      this.requests.push(recording);
      await this.#respond(req, res, recording, path);
      return;
    }
    this.otherRequests.push(recording);
    const scripted = this.#once.get(recording.path)?.shift();
    if (scripted && 'hold' in scripted) await scripted.hold;
    const answer =
      scripted && 'status' in scripted
        ? scripted
        : this.#answerOther(`${req.method} ${path}`, req, new URLSearchParams(text));
    this.#send(res, recording, answer);
  }

  #send(res: ServerResponse, recording: Recording, { status, body, headers = {} }: Answer): void {
    recording.status = status;
    if (typeof body === 'string') res.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
    else sendJson(res, status, body, headers);
  }

  #answerOther(route: string, req: IncomingMessage, form: URLSearchParams): Answer {
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

  #startDevice({ headers }: IncomingMessage, form: URLSearchParams): Answer {
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
  #pollDevice({ headers }: IncomingMessage, form: URLSearchParams): Answer {
    const refuse = (error: string): Answer => ({
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

  #checkGitHubToken(req: IncomingMessage): Answer | undefined {
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
      // The clock of GitHub, which is nobody's here.
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
  #checkRequest(req: IncomingMessage): Answer | undefined {
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
    const script = this.#scripts.shift() ?? this.#answerByDefault(path, recording.body as Record<string, unknown>);
    if ('status' in script) {
      this.#send(res, recording, script);
      return;
    }
    await deliver(res, recording, this.#toWire(path, script.answer), script.delivery, {
      'content-type': 'text/event-stream',
      'x-request-id': String(req.headers['x-request-id']),
      'x-quota-snapshot-premium_interactions': fakeSnapshot,
      'x-quota-snapshot-chat': 'ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst=2026-12-01T00%3A00%3A00Z',
    });
  }

  #toWire(path: string, answer: string | URL | readonly object[]): Buffer[] {
    if (typeof answer === 'string' || answer instanceof URL) {
      const folder = new URL(fixtureFolders[path] ?? '', fixtures);
      return splitIntoEvents(readFileSync(fileURLToPath(new URL(answer, folder))));
    }
    if (path !== '/chat/completions') return answer.map((event) => Buffer.from(toSseText(event as { type: string })));
    return [...answer.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => Buffer.from(`data: ${data}\n\n`));
  }

  #answerByDefault(path: string, body: Record<string, unknown>): Script {
    const model = String(body.model);
    if (path === '/embeddings') {
      const input = body.input as unknown[];
      const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [...fakeVector, index] }));
      const usage = { prompt_tokens: input.length * 3, total_tokens: input.length * 3 };
      return { status: 200, body: { object: 'list', data, model, usage } };
    }
    if (path === '/v1/messages')
      return body.stream ? { answer: messageEvents(model), delivery: {} } : wholeMessage(model);
    if (path === '/chat/completions') return { answer: scriptChunks(fakeChatText, { model }), delivery: {} };
    // The first event is ChatGPT's own.
    const events = scriptAnswer(createDefaultAnswer(body), { model, id: `fake${this.requests.length}` }).slice(1);
    return { answer: events, delivery: {} };
  }
}

const messageUsage = { input_tokens: 9, cache_read_input_tokens: 3, cache_creation_input_tokens: 0, output_tokens: 5 };

function wholeMessage(model: string): Answer {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: signThinking('Hm.') },
    { type: 'text', text: fakeChatText },
  ];
  const body = {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
  };
  return { status: 200, body: { ...body, usage: messageUsage } };
}

/** An answer in Anthropic's API, with thinking. */
export function messageEvents(model: string): object[] {
  const message = { id: 'msg_fake', type: 'message', role: 'assistant', model, content: [], stop_reason: null };
  return [
    {
      type: 'message_start',
      message: { ...message, stop_sequence: null, usage: { ...messageUsage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: signThinking('Hm.') } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: fakeChatText } },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: messageUsage },
    { type: 'message_stop' },
  ];
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
