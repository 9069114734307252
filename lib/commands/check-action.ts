import { EventSourceParserStream } from 'eventsource-parser/stream';
import { asObject, asText, type Json, parseObject } from '../lenient-json.ts';

export interface CheckOptions {
  url: string;
  /** Comma separated, as the server takes them; the first is used. */
  key?: string;
  model?: string;
}

/** A model may think for long before it says the first word. */
const answerLimitMs = 120_000;
const statusLimitMs = 10_000;
/** Most characters of an answer that are shown. */
const maxShownCharacters = 120;
const question = 'Say hello in one short sentence.';

/** The server failed a check. */
class CheckError extends Error {
  override readonly name = 'CheckError';
}

/** Runs four checks in turn, and prints their results. The first failure ends it with status 1. */
export async function runCheck({ url, key, model }: CheckOptions): Promise<void> {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const firstKey = key?.split(',')[0]?.trim();
  if (firstKey) headers.authorization = `Bearer ${firstKey}`;

  const get = (path: string) => request(`${base}${path}`, { headers }, statusLimitMs);
  const chat = (body: object) =>
    request(`${base}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) }, answerLimitMs);
  const messages = [{ role: 'user', content: question }];

  let asked = model;
  const steps: [name: string, run: () => Promise<string>][] = [
    ['health', async () => readHealth(await get('/health'))],
    [
      'models',
      async () => {
        const ids = await readModels(await get('/v1/models'));
        asked ??= ids.includes('demo') ? 'demo' : ids[0]!;
        return `${ids.length}: ${shorten(ids.join(', '))}`;
      },
    ],
    ['chat', async () => `${asked} says: ${await readChat(await chat({ model: asked, messages }))}`],
    ['stream', async () => `${asked} says: ${await readStream(await chat({ model: asked, messages, stream: true }))}`],
  ];
  for (const [name, run] of steps) {
    try {
      console.log(`ok      ${name.padEnd(6)}  ${await run()}`);
    } catch (error) {
      console.error(`FAILED  ${name.padEnd(6)}  ${describeFailure(error, base)}`);
      process.exitCode = 1;
      return;
    }
  }
}

/** @throws CheckError for any status of failure */
async function request(url: string, init: RequestInit, limitMs: number): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
  if (response.ok) return response;
  const message = asText(asObject(parseObject(await response.text())?.error)?.message);
  throw new CheckError(`HTTP ${response.status}${message ? `: ${shorten(message, 400)}` : ''}`);
}

async function readJson(response: Response): Promise<Json> {
  const json = parseObject(await response.text());
  if (!json) throw new CheckError('the answer is not a JSON object');
  return json;
}

async function readHealth(response: Response): Promise<string> {
  const { status } = await readJson(response);
  if (status !== 'ok') throw new CheckError('the answer does not say `"status": "ok"`');
  return 'the server is alive';
}

async function readModels(response: Response): Promise<string[]> {
  const { data } = await readJson(response);
  const ids = Array.isArray(data)
    ? data.map((model) => asText(asObject(model)?.id)).filter((id) => id !== undefined)
    : [];
  if (ids.length === 0) throw new CheckError('no model is served; `opencompat login` signs the server in');
  return ids;
}

async function readChat(response: Response): Promise<string> {
  const { choices } = await readJson(response);
  return shownText(asText(asObject(firstOf(choices)?.message)?.content));
}

async function readStream(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream') || !response.body) {
    throw new CheckError(`the answer is of type '${type}', not a stream`);
  }
  let text = '';
  let chunks = 0;
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === '[DONE]') return `${shownText(text)} (${chunks} chunks)`;
    const chunk = parseObject(data) ?? {};
    const error = asText(asObject(chunk.error)?.message);
    if (error) throw new CheckError(shorten(error, 400));
    chunks++;
    // Keeps only the text that is shown.
    if (text.length <= maxShownCharacters) text += asText(asObject(firstOf(chunk.choices)?.delta)?.content) ?? '';
  }
  throw new CheckError('the stream ended without `data: [DONE]`; a proxy in between may have cut it');
}

function firstOf(list: unknown): Json | undefined {
  return Array.isArray(list) ? asObject(list[0]) : undefined;
}

function shownText(text: string | undefined): string {
  if (!text) throw new CheckError('the answer has no text');
  return JSON.stringify(shorten(text));
}

function shorten(text: string, most = maxShownCharacters): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function describeFailure(error: unknown, base: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer from ${base} in time`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  if (cause?.code === 'ECONNREFUSED') {
    return `no server listens at ${base}: start it with \`opencompat\`, or say with --url where it is`;
  }
  return cause ? `${base}: ${error.message} (${cause.code ?? cause.message})` : error.message;
}
