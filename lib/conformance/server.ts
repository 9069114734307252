/** A server under test: asked over HTTP, with every answer bounded in time and size. */
import { type Json, parseObject } from '../lenient-json.ts';
import { NotApplicable, show } from './expectations.ts';

/** Asks the server. What it gives is asked for once in a run, however many checks look at it. */
export type Probe<Seen> = (server: Server) => Promise<Seen>;

export interface ServerOptions {
  /** Without a path. */
  base: string;
  key?: string;
  model: string;
  /** Default: `model`. */
  embeddingsModel?: string;
  /** Longest time of one request, in milliseconds. Default 120,000: a model may think for long. */
  timeoutMs?: number;
}

export interface Asked {
  method?: string;
  /** An object is sent as JSON, text as it is. */
  body?: object | string;
  /** Besides those of the key and of JSON. A header with undefined is not sent. */
  headers?: Record<string, string | undefined>;
}

export interface Answer {
  /** As it was asked: `POST /v1/chat/completions`. */
  readonly route: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined for what is no JSON object. */
  readonly json: Json | undefined;
}

/** Largest answer that is read, in bytes: a server that never ends costs no more. */
const maxAnswerBytes = 8 * 1024 * 1024;

export class Server {
  readonly base: string;
  readonly key: string | undefined;
  readonly model: string;
  readonly embeddingsModel: string;
  readonly timeoutMs: number;
  readonly #seen = new Map<Probe<never>, Promise<unknown>>();

  constructor({ base, key, model, embeddingsModel = model, timeoutMs = 120_000 }: ServerOptions) {
    this.base = base;
    this.key = key;
    this.model = model;
    this.embeddingsModel = embeddingsModel;
    this.timeoutMs = timeoutMs;
  }

  /** What a probe has seen; it asks once. */
  once<Seen>(probe: Probe<Seen>): Promise<Seen> {
    const known = this.#seen.get(probe as Probe<never>);
    if (known) return known as Promise<Seen>;
    const asking = probe(this);
    this.#seen.set(probe as Probe<never>, asking);
    return asking;
  }

  /**
   * GET without a body, POST with one.
   * @throws Error for a server that cannot be reached, takes too long, or says too much
   */
  async ask(path: string, { method, body, headers = {} }: Asked = {}): Promise<Answer> {
    const response = await this.open(path, { method, body, headers }, AbortSignal.timeout(this.timeoutMs));
    const text = await readBounded(response);
    const route = `${method ?? (body === undefined ? 'GET' : 'POST')} ${path}`;
    return { route, status: response.status, headers: response.headers, text, json: parseObject(text) };
  }

  /** The same, before the body has been read. */
  open(path: string, { method, body, headers = {} }: Asked, signal: AbortSignal): Promise<Response> {
    const all = new Headers(this.keyHeaders);
    if (body !== undefined) all.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) all.delete(name);
      else all.set(name, value);
    }
    return fetch(`${this.base}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: all,
      body: typeof body === 'object' ? JSON.stringify(body) : body,
      redirect: 'manual',
      signal,
    });
  }

  get keyHeaders(): Record<string, string> {
    return this.key === undefined ? {} : { authorization: `Bearer ${this.key}` };
  }
}

async function readBounded(response: Response): Promise<string> {
  if (!response.body) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw new Error(`the answer is larger than ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** How an answer of failure reads: its status and what it says. */
export function tellFailure({ route, status, text }: Answer): string {
  return `${route} gave HTTP ${status}: ${show(parseObject(text)?.error ?? text)}`;
}

/** Statuses of a server that has no such path. */
const unserved = [404, 405, 501];
/** And of one that says what it does not take. */
const refused = [400, 422, 501];

/** For what every server of the API has. @throws Error where it failed */
export function expectOk(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(tellFailure(answer));
  return answer;
}

/** For a path that a server may lack. @throws NotApplicable where it does, Error where it failed otherwise */
export function expectServed(answer: Answer): Answer {
  if (unserved.includes(answer.status)) throw new NotApplicable(`not served: ${tellFailure(answer)}`);
  return expectTaken(answer);
}

/** For what a server or a model may refuse by name. @throws NotApplicable where it does, Error where it failed otherwise */
export function expectTaken(answer: Answer): Answer {
  if (refused.includes(answer.status) && answer.json) throw new NotApplicable(`refused: ${tellFailure(answer)}`);
  return expectOk(answer);
}
