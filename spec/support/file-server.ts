import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

type Json = Record<string, unknown>;

/**
 * A server with files and batches, as OpenAI has them; it takes its own ids alone. Everything else it leaves to another one, or
 * answers with 404.
 */
export class FileServer {
  readonly files = new Map<string, { object: Json; content: string }>();
  readonly batches = new Map<string, Json>();
  readonly seen: string[] = [];
  readonly #name: string;
  readonly #otherUrl: string | undefined;
  onFirstBytes: (() => void) | undefined;

  /** @param otherUrl of who answers all else, without `/v1` */
  constructor(name: string, otherUrl?: string) {
    this.#name = name;
    this.#otherUrl = otherUrl;
  }

  addFile(filename: string, content: string): Json {
    const id = `file-${this.#name}${this.files.size + 1}`;
    const object = { id, object: 'file', bytes: content.length, created_at: 1, filename, purpose: 'batch' };
    this.files.set(id, { object, content });
    return object;
  }

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) {
      if (parts.length === 0) this.onFirstBytes?.();
      parts.push(part as Buffer);
    }
    const body = Buffer.concat(parts).toString();
    const { pathname, searchParams } = new URL(req.url!, 'http://box');
    this.seen.push(`${req.method} ${req.url}`);
    const found = this.#find(`${req.method} ${pathname}`, searchParams, body);
    if (found === undefined && this.#otherUrl) return this.#passOn(req, res, body);
    const isText = typeof found === 'string';
    res.writeHead(found === undefined ? 404 : 200, {
      'content-type': isText ? 'application/jsonl' : 'application/json',
    });
    res.end(isText ? found : JSON.stringify(found ?? { error: { message: `Nothing at ${pathname}`, code: null } }));
  }

  async #passOn({ method, url }: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#otherUrl}${url}`, { method, headers, ...(body && { body }) });
    res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    res.end(await answer.text());
  }

  #find(asked: string, query: URLSearchParams, body: string): Json | string | undefined {
    const [, id = '', below] = /\/v1\/(?:files|batches)\/([^/]+)(\/\w+)?$/.exec(asked) ?? [];
    const kind = id === '' ? asked : asked.replace(id, ':id');
    switch (kind) {
      case 'GET /v1/models':
        return { data: [{ id: `${this.#name}-model` }] };
      case 'POST /v1/files':
        return this.addFile(/filename="([^"]+)"/.exec(body)![1]!, /\r\n\r\n(\{[^\r]*)\r\n/.exec(body)![1]!);
      case 'GET /v1/files':
        return this.#page(
          [...this.files.values()].map(({ object }) => object),
          query,
        );
      case 'GET /v1/batches':
        return this.#page([...this.batches.values()], query);
      case 'GET /v1/files/:id':
        return this.files.get(id)?.object;
      case 'GET /v1/files/:id/content':
        return this.files.get(id)?.content;
      case 'DELETE /v1/files/:id':
        return this.files.delete(id) ? { id, object: 'file', deleted: true } : undefined;
      case 'POST /v1/batches':
        return this.#addBatch(JSON.parse(body) as Json);
      case 'GET /v1/batches/:id':
      case 'POST /v1/batches/:id/cancel':
        return this.batches.has(id)
          ? { ...this.batches.get(id), ...(below === '/cancel' && { status: 'cancelling' }) }
          : undefined;
      default:
        return undefined;
    }
  }

  #addBatch({ input_file_id: inputId, ...rest }: Json): Json | undefined {
    if (!this.files.has(String(inputId))) return undefined;
    const output = this.addFile('output.jsonl', '{"out":1}');
    const id = `batch_${this.#name}${this.batches.size + 1}`;
    const made = {
      id,
      object: 'batch',
      ...rest,
      input_file_id: inputId,
      output_file_id: output.id,
      error_file_id: null,
    };
    this.batches.set(id, { ...made, status: 'completed', created_at: 1 });
    return this.batches.get(id);
  }

  #page(all: Json[], query: URLSearchParams): Json {
    const start = query.has('after') ? all.findIndex(({ id }) => id === query.get('after')) + 1 : 0;
    const data = all.slice(start, start + Number(query.get('limit') ?? 100));
    const more = start + data.length < all.length;
    return { object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: more };
  }
}

/** @param otherUrl as of `FileServer` */
export async function startFileServer(t: TestContext, name: string, otherUrl?: string) {
  const server = new FileServer(name, otherUrl);
  const listener = createServer((req, res) => void server.answer(req, res));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  const baseURL = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/v1`;
  return { server, provider: { type: 'openai-compatible', baseURL, apiKey: 'sk-upstream-key-12345' } as const };
}
