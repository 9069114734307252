import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { loadConfig } from '../config/load.ts';
import { asObject, asText, type Json, parseObject } from '../lenient-json.ts';
import { ConfigError } from '../options/faults.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import { ownAddress } from './own-address.ts';

export interface CheckOptions {
  /** Default: where the configuration says. */
  url?: string;
  /** Separated by commas or line breaks, as the server takes them; the first is used. */
  key?: string;
  model?: string;
  /** Is the demo enough? */
  demo?: true;
  /** Seconds within which the server may begin to answer. Default 0. */
  wait?: number;
}

/** A model may think for long before it says the first word. */
const answerLimitMs = 120_000;
const statusLimitMs = 10_000;
/** Between two attempts to reach a server that does not answer yet. */
const retryMs = 500;
/** Most characters of an answer that are shown. */
const maxShownCharacters = 120;
const question = 'Say hello in one short sentence.';

/** The server failed a check. */
class CheckError extends Error {
  override readonly name = 'CheckError';
}

/** An address may be given as `localhost:8080`, and with the path that clients have. */
function toBase(url: string): string {
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    throw new ConfigError([{ path: '', source: '--url', reason: `'${url}' must be an http or https URL` }]);
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  return address.replace(/\/+$/, '').replace(/(\/v1)+$/, '');
}

/**
 * Runs five checks in turn, and prints their results. The first failure ends it with status 1; of a provider that cannot answer
 * it is told, and the others are checked all the same.
 * @param flags of the whole command line
 * @throws ConfigError
 */
export async function runCheck({ url, key, model, demo, wait = 0 }: CheckOptions, flags: object): Promise<void> {
  const base = toBase(url ?? ownAddress(loadConfig({ flags: { ...flags } }).config));
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const firstKey = key
    ?.trim()
    .split(/[,\r\n]/, 1)[0]
    ?.trim();
  if (firstKey) headers.authorization = `Bearer ${firstKey}`;

  const get = (path: string, mustBeOk = true) => request(`${base}${path}`, { headers }, statusLimitMs, mustBeOk);
  const chat = (body: object) =>
    request(`${base}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) }, answerLimitMs);
  const messages = [{ role: 'user', content: question }];

  let asked = model;
  const steps: [name: string, run: () => Promise<string>][] = [
    ['health', async () => readHealth(await reached(() => get('/health', false), wait * 1000), base)],
    ['providers', async () => tellProviders(await get('/ready', false), demo === true || model === 'demo')],
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
      const told = await run();
      if (told !== '') console.log(toLine('ok', name, told));
    } catch (error) {
      console.error(toLine('FAILED', name, describeFailure(error, base)));
      process.exitCode = 1;
      return;
    }
  }
}

function toLine(verdict: 'ok' | '--' | 'FAILED', name: string, text: string): string {
  return `${verdict.padEnd(6)}  ${name.padEnd(6)}  ${text}`;
}

/**
 * Tells how each provider stands, a line each. One that somebody has signed in to and that cannot answer fails the check, and
 * so does a server where nobody can answer but the demo, unless that is what is asked for.
 * @returns '' when all is told
 */
async function tellProviders(answer: Response, isDemoAsked: boolean): Promise<string> {
  const providers = asObject(parseObject(await answer.text())?.providers);
  if (!providers) {
    // A reverse proxy need not pass /ready on.
    console.log(toLine('--', 'providers', `not told here (HTTP ${answer.status} for /ready)`));
    return '';
  }
  let canAnyAnswer = isDemoAsked;
  for (const [name, value] of Object.entries(providers)) {
    const { ready, signedIn, reason, warning } = asObject(value) ?? {};
    if (name === 'demo') continue;
    if (ready === true) canAnyAnswer = true;
    const words = shorten(asText(warning) ?? asText(reason) ?? (ready ? 'can answer' : 'cannot answer'), 400);
    if (ready === true) console.log(toLine('ok', name, words));
    else if (signedIn === false) console.log(toLine('--', name, words));
    else fail(name, words);
  }
  if (!canAnyAnswer) fail('providers', 'no provider can answer but the demo; `opencompat login` signs the server in');
  return '';
}

function fail(name: string, words: string): void {
  console.error(toLine('FAILED', name, words));
  process.exitCode = 1;
}

/** @throws CheckError for any status of failure, unless that is allowed */
async function request(url: string, init: RequestInit, limitMs: number, mustBeOk = true): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
  if (response.ok || !mustBeOk) return response;
  const message = asText(asObject(parseObject(await response.text())?.error)?.message);
  const hint = response.status === 401 && !message?.includes('opencompat login') ? ' Give `check` one with --key.' : '';
  throw new CheckError(`HTTP ${response.status}${message ? `: ${shorten(message, 400)}` : ''}${hint}`);
}

/**
 * Asks until something answers: in Kubernetes the way to a Pod may open a moment after the Pod is ready.
 * @throws what the last attempt threw
 */
async function reached(ask: () => Promise<Response>, limitMs: number): Promise<Response> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() >= endMs) throw error;
      await sleep(retryMs);
    }
  }
}

async function readJson(response: Response): Promise<Json> {
  const json = parseObject(await response.text());
  if (!json) throw new CheckError('the answer is not a JSON object');
  return json;
}

async function readHealth(response: Response, base: string): Promise<string> {
  const body = parseObject(await response.text());
  if (response.ok && body?.status === 'ok') return 'the server is alive';
  const message = asText(asObject(body?.error)?.message);
  if (message && response.status !== 404) throw new CheckError(`HTTP ${response.status}: ${shorten(message, 400)}`);
  throw new CheckError(
    `no OpenCompat answers at ${base}/health (HTTP ${response.status}): --url takes its address alone, such as http://127.0.0.1:8080`,
  );
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
  return cause ? `${base}: ${describeNetworkError(error)}` : error.message;
}
