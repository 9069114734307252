/** Checks of a running server, as a client sees it: is it there, does it let this client in, does it answer and stream? */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { asObject, asText, type Json, parseObject } from '../lenient-json.ts';
import { ConfigError } from '../options/faults.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import type { NamedCheck, Tell } from './findings.ts';

export interface ServerCheckOptions {
  /** Without a path. */
  base: string;
  /** Separated by commas or line breaks, as the server takes them; the first is used. */
  key?: string;
  /** Default: the demo if it is served, else the first of the list. */
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
export function toBase(url: string): string {
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    throw new ConfigError([{ path: '', source: '--url', reason: `'${url}' must be an http or https URL` }]);
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  return address.replace(/\/+$/, '').replace(/(\/v1)+$/, '');
}

/** @param keys one key, or several as the server takes them */
export function firstKey(keys: string | undefined): string | undefined {
  const [first = ''] = keys?.trim().split(/[,\r\n]/, 1) ?? [];
  return first.trim() || undefined;
}

function toAuthorization(keys: string | undefined): string | undefined {
  const key = firstKey(keys);
  return key && `Bearer ${key}`;
}

/** The ids of the models that a server lists. @param base without a path */
export async function findModels(base: string, key: string | undefined): Promise<string[]> {
  const authorization = toAuthorization(key);
  return readModels(
    await request(`${base}/v1/models`, { headers: authorization ? { authorization } : {} }, statusLimitMs),
  );
}

/** In the order in which they make sense: where one throws, those behind it could only repeat it. */
export function serverChecks({ base, key, model, demo, wait = 0 }: ServerCheckOptions): NamedCheck[] {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const authorization = toAuthorization(key);
  if (authorization) headers.authorization = authorization;

  const get = (path: string, mustBeOk = true) => request(`${base}${path}`, { headers }, statusLimitMs, mustBeOk);
  const chat = (body: object) =>
    request(`${base}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) }, answerLimitMs);
  const messages = [{ role: 'user', content: question }];

  let asked = model;
  const check = (name: string, find: () => Promise<string>): NamedCheck => ({
    name,
    run: async (tell) => tell({ name, verdict: 'ok', text: await find() }),
  });
  return [
    check('health', async () => readHealth(await reached(() => get('/health', false), wait * 1000), base)),
    {
      name: 'providers',
      run: async (tell) => tellProviders(await get('/ready', false), demo === true || model === 'demo', tell),
    },
    check('models', async () => {
      const ids = await readModels(await get('/v1/models'));
      asked ??= ids.includes('demo') ? 'demo' : ids[0]!;
      return `${ids.length}: ${shorten(ids.join(', '))}`;
    }),
    check('chat', async () => `${asked} says: ${await readChat(await chat({ model: asked, messages }))}`),
    {
      name: 'stream',
      async run(tell) {
        const sentMs = performance.now();
        const { said, isHeldBack } = await readStream(await chat({ model: asked, messages, stream: true }), sentMs);
        tell({ name: 'stream', verdict: 'ok', text: `${asked} says: ${said}` });
        if (isHeldBack) tell({ name: 'stream', ...heldBack });
      },
    },
  ];
}

/** May a page of the server's own address use it? Behind a reverse proxy it must know that it is reached by https. */
export function browserCheck(base: string, key?: string): NamedCheck {
  return {
    name: 'browser',
    async run(tell) {
      const authorization = toAuthorization(key);
      const answer = await fetch(`${base}/v1/models`, {
        headers: { origin: new URL(base).origin, ...(authorization && { authorization }) },
        signal: AbortSignal.timeout(statusLimitMs),
      });
      const { code, message } = asObject(parseObject(await answer.text())?.error) ?? {};
      if (code !== 'origin_not_allowed')
        return tell({ name: 'browser', verdict: 'ok', text: 'its own pages may use it' });
      const advice =
        'Behind a reverse proxy set `trustedProxies` to its address, so that X-Forwarded-Proto is believed; or name the origin in `allowedOrigins`.';
      tell({ name: 'browser', verdict: 'failed', text: shorten(asText(message) ?? '', 400), advice });
    },
  };
}

/**
 * Tells how each provider stands, a line each. One that somebody has signed in to and that cannot answer fails the check, and
 * so does a server where nobody can answer but the demo, unless that is what is asked for.
 */
async function tellProviders(answer: Response, isDemoAsked: boolean, tell: Tell): Promise<void> {
  const providers = asObject(parseObject(await answer.text())?.providers);
  if (!providers) {
    // A reverse proxy need not pass /ready on.
    return tell({ name: 'providers', verdict: 'note', text: `not told here (HTTP ${answer.status} for /ready)` });
  }
  let canAnyAnswer = isDemoAsked;
  for (const [name, value] of Object.entries(providers)) {
    const { ready, signedIn, reason, warning } = asObject(value) ?? {};
    if (name === 'demo') continue;
    if (ready === true) canAnyAnswer = true;
    const words = shorten(asText(warning) ?? asText(reason) ?? (ready ? 'can answer' : 'cannot answer'), 400);
    tell({ name, verdict: ready === true ? 'ok' : signedIn === false ? 'note' : 'failed', text: words });
  }
  if (!canAnyAnswer) {
    const text = 'no provider can answer but the demo; `opencompat login` signs the server in';
    tell({ name: 'providers', verdict: 'failed', text });
  }
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

/** What a stream that a reverse proxy has gathered looks like: many chunks in hardly any reads, long after the server began. */
const heldBack = {
  verdict: 'note',
  text: 'the whole stream came at once: something on the way holds it back',
  advice:
    'In nginx set `proxy_buffering off` and do not ignore X-Accel-Buffering; docker/README.md has a configuration that streams.',
} as const;
const fewReads = 2;
const manyChunks = 8;
const longMs = 100;

/** @param sentMs when it was asked for, on the `performance.now()` clock */
async function readStream(response: Response, sentMs: number): Promise<{ said: string; isHeldBack: boolean }> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream') || !response.body) {
    throw new CheckError(`the answer is of type '${type}', not a stream`);
  }
  let text = '';
  let chunks = 0;
  let reads = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        reads++;
        controller.enqueue(bytes);
      },
    }),
  );
  for await (const { data } of counted
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())) {
    if (data === '[DONE]') {
      // The server tells when it began to answer.
      const sinceBegunMs = performance.now() - sentMs - Number(response.headers.get('openai-processing-ms'));
      const isHeldBack = reads <= fewReads && chunks >= manyChunks && sinceBegunMs > longMs;
      return { said: `${shownText(text)} (${chunks} chunks)`, isHeldBack };
    }
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

/** What a check of a server has thrown, in words. @param base the server's address */
export function describeServerFailure(error: unknown, base: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer from ${base} in time`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  if (cause?.code === 'ECONNREFUSED') {
    return `no server listens at ${base}: start it with \`opencompat\`, or say with --url where it is`;
  }
  return cause ? `${base}: ${describeNetworkError(error)}` : error.message;
}
