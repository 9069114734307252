/** The base of every fake upstream: a server on a free port of 127.0.0.1 that records its requests and sends scripted answers. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type RecordedRequest, Recording, readBody, sendJson, splitIntoEvents } from './delivery.ts';
import { toSseText, type UpstreamEvent } from './scripted-answer.ts';

export abstract class FakeServer {
  /** Without a slash at its end. */
  origin = '';
  /** Those for an answer. */
  readonly requests: Recording[] = [];
  readonly otherRequests: Recording[] = [];
  readonly #waiting: { index: number; resolve: (recording: Recording) => void }[] = [];
  readonly #server = createServer((req, res) => void this.#receive(req, res));

  /** Answers a request that has arrived whole. */
  abstract handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void>;

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds one to `requests`. */
  record(recording: Recording): void {
    const index = this.requests.push(recording) - 1;
    for (const waiting of this.#waiting) if (waiting.index === index) waiting.resolve(recording);
  }

  get last(): RecordedRequest {
    const last = this.requests.at(-1);
    if (!last) throw new Error('The fake upstream has got no request for an answer.');
    return last;
  }

  waitForRequest(index: number): Promise<RecordedRequest> {
    const recording = this.requests[index];
    if (recording) return Promise.resolve(recording);
    return new Promise((resolve) => this.#waiting.push({ index, resolve }));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const text = await readBody(req).catch(() => undefined);
    // The other side left before it had sent its request.
    if (text === undefined) return;
    await this.handle(new Recording(req, res, text), req, res);
  }
}

/** An answer in one piece. An object is sent as JSON, text as it is. */
export interface WholeAnswer {
  status: number;
  body: object | string;
  headers?: Record<string, string>;
}

export function sendWhole(res: ServerResponse, recording: Recording, { status, body, headers }: WholeAnswer): void {
  recording.status = status;
  if (typeof body === 'string') res.writeHead(status, headers).end(body);
  else sendJson(res, status, body, headers);
}

/** Found from the package's root, so that the compiled copy finds them too. */
const fixtures = new URL(
  'spec/fixtures/',
  pathToFileURL(createRequire(import.meta.url).resolve('opencompat/package.json')),
);

/** A scripted stream: its events or chunks; or the name of a file of the fixtures; or the URL of any file. */
export type StreamScript = string | URL | readonly object[];

/**
 * The bytes of a stream, an event at a time.
 * @param form whose fixtures a name is of; to chunks of `chat`, `[DONE]` is added
 */
export function toEventBytes(script: StreamScript, form: 'chat' | 'messages' | 'responses'): Buffer[] {
  if (typeof script === 'string' || script instanceof URL) {
    return splitIntoEvents(readFileSync(fileURLToPath(new URL(script, new URL(`${form}/`, fixtures)))));
  }
  if (form !== 'chat') return script.map((event) => Buffer.from(toSseText(event as UpstreamEvent)));
  return [...script.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => Buffer.from(`data: ${data}\n\n`));
}
