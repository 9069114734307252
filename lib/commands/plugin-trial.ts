/**
 * Tries a plugin in a server of its own, with every client API, streamed and whole: beside the same server without it, and with
 * requests that are refused. Looks at what it does to the events.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Exchange, Handler, Middleware } from '../chain/middleware.ts';
import { loadConfig } from '../config/load.ts';
import { parseObject } from '../lenient-json.ts';
import type { ProviderPlugin } from '../providers/definition.ts';
import { createServer, type RunningServer } from '../server/server.ts';
import type { NamedCheck, Tell } from './findings.ts';

type Plugin = Middleware | ProviderPlugin;
type Options = Record<string, unknown>;

/** What a plugin's transforms of events have done. */
class Watch {
  hasHandled = false;
  transforms = 0;
  calls = 0;
  ms = 0;
  /** By their types: how many came, and how many went on. */
  readonly taken = new Map<string, number>();
  readonly given = new Map<string, number>();
  readonly throws = new Set<string>();

  /** The same middleware, watched. */
  over(middleware: Middleware): Middleware {
    const create: Middleware['create'] = async (options, services) => {
      const handler = await middleware.create(options, services);
      return ((req, res, next) => {
        this.hasHandled = true;
        this.#watch(req.exchange);
        return handler(req, res, next);
      }) satisfies Handler;
    };
    return { ...middleware, create };
  }

  #watch(exchange: Exchange): void {
    const add = exchange.onEvent.bind(exchange);
    exchange.onEvent = (transform) => {
      this.transforms += 1;
      add((event, emit, choice) => {
        this.calls += 1;
        count(this.taken, event.type);
        const startMs = performance.now();
        let emittingMs = 0;
        try {
          transform(
            event,
            (out) => {
              count(this.given, out.type);
              const emitMs = performance.now();
              emit(out);
              emittingMs += performance.now() - emitMs;
            },
            choice,
          );
        } finally {
          this.ms += performance.now() - startMs - emittingMs;
        }
      });
    };
  }
}

function count(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}

const question = 'Hello there, this is a question of some words.';
const messages = [{ role: 'user', content: question }];

/** An answer, or a piece of one, read loosely. */
interface Piece {
  choices?: { delta?: { content?: string }; message?: { content?: string }; text?: string }[];
  type?: string;
  delta?: string | { text?: string };
  output?: { content?: { text?: string }[] }[];
  content?: { text?: string }[];
  message?: { content?: string };
}

/** How to ask in an API, and where the text is in its pieces: those of a stream, and a whole answer. */
interface Asking {
  readonly name: string;
  readonly path: string;
  readonly body: object;
  textIn(piece: Piece): string | undefined;
}

const joinTexts = (parts: { text?: string }[] = []) => parts.map(({ text = '' }) => text).join('');

const apis: readonly Asking[] = [
  {
    name: 'Chat Completions',
    path: '/v1/chat/completions',
    body: { messages },
    textIn: ({ choices: [choice] = [] }) => choice?.delta?.content ?? choice?.message?.content,
  },
  {
    name: 'Completions',
    path: '/v1/completions',
    body: { prompt: question },
    textIn: ({ choices: [choice] = [] }) => choice?.text,
  },
  {
    name: 'Responses',
    path: '/v1/responses',
    body: { input: question },
    textIn: ({ type, delta, output = [] }) =>
      type === 'response.output_text.delta' ? String(delta) : joinTexts(output.flatMap(({ content = [] }) => content)),
  },
  {
    name: 'Messages',
    path: '/v1/messages',
    body: { messages, max_tokens: 500 },
    textIn: ({ delta, content }) => (typeof delta === 'object' ? delta.text : joinTexts(content)),
  },
  { name: 'Ollama', path: '/api/chat', body: { messages }, textIn: ({ message }) => message?.content },
];
/** The last words of a stream in each API; Ollama's ends with `done`. */
const streamEnd = /\[DONE\]|response\.(?:completed|incomplete)|message_stop|"done":true/;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(server: RunningServer, path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

/** What is wrong with the answer by itself; '': nothing. */
function findFault({ status, text }: Answer, isStream: boolean): string {
  if (status === 200) return isStream && !streamEnd.test(text) ? 'its stream has no end' : '';
  if (status >= 500) return `HTTP ${status}: ${text.slice(0, 300)}`;
  try {
    return 'error' in JSON.parse(text) ? '' : `its refusal (HTTP ${status}) has no error`;
  } catch {
    return `its refusal (HTTP ${status}) is not JSON`;
  }
}

/** All of the text of an answer: of its events, its lines, or its only object. */
function readText({ text }: Answer, { textIn }: Asking): string {
  const objects = text.split('\n').map((line) => parseObject(line.replace(/^data: /, '')));
  return objects.map((object) => (object && textIn(object as Piece)) ?? '').join('');
}

/** What one API says with the plugin: its text, and what is wrong. */
interface Tried {
  /** '': nothing. */
  readonly fault: string;
  readonly text: string;
}

async function tryApi(server: RunningServer, model: string, asking: Asking): Promise<Tried> {
  const { path, body } = asking;
  const kinds = [true, false];
  const [answers, refusals] = await Promise.all(
    [model, unknownModel].map((name) =>
      Promise.all(kinds.map((stream) => ask(server, path, { model: name, ...body, stream }))),
    ),
  );
  const faults = [...answers!, ...refusals!].map((answer, index) => findFault(answer, kinds[index % kinds.length]!));
  const [streamed, whole] = answers!.map((answer) => readText(answer, asking));
  const differs = `streamed it says ${quote(streamed!)}, whole ${quote(whole!)}`;
  return { fault: faults.find((found) => found !== '') ?? (streamed === whole ? '' : differs), text: whole! };
}

/** Every server refuses it. */
const unknownModel = 'there-is-no-such-model';
const quote = (text: string) => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** @param plugin undefined: the server by itself */
async function withServer<T>(
  plugin: Plugin | undefined,
  options: Options,
  use: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-plugin-'));
  const env = { HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };
  // All answers have been read by its end: it need not linger.
  const flags = { port: '0', logLevel: 'error', shutdownGrace: '0' };
  try {
    const server = await createServer(loadConfig({ env: { ...env, OPENCOMPAT_DEMO: 'true' }, flags, cwd: home }), {
      logStream: new PassThrough().resume(),
      ...(plugin?.kind === 'middleware' && { plugins: [{ middleware: plugin, options }] }),
      ...(plugin?.kind === 'provider' && { providers: [{ name: 'tried', definition: plugin, options }] }),
    });
    try {
      return await use(server);
    } finally {
      await server.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** @throws ConfigError for options that the plugin does not take, and where it cannot be created */
export function trialOf(plugin: Plugin, options: Options): NamedCheck {
  return {
    name: 'chain',
    async run(tell) {
      const watch = new Watch();
      const watched = plugin.kind === 'middleware' ? watch.over(plugin) : plugin;
      await withServer(watched, options, async (server) => {
        const model = plugin.kind === 'provider' ? await firstModel(server) : 'demo';
        if (model === undefined) return tell({ name: 'chain', verdict: 'failed', text: 'the provider lists no model' });
        const tried = await tryEach(server, model);
        tellTried(tried, tell);
        if (plugin.kind !== 'middleware') return;
        tellWatched(watch, tell);
        tellChanges(tried, await withServer(undefined, {}, (bare) => tryEach(bare, model)), tell);
      });
    },
  };
}

async function firstModel(server: RunningServer): Promise<string | undefined> {
  const { data } = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: { id: string }[] };
  const own = data.find(({ id }) => !id.startsWith('demo'));
  return own && `tried/${own.id.replace(/^tried\//, '')}`;
}

function tryEach(server: RunningServer, model: string): Promise<Tried[]> {
  return Promise.all(apis.map((asking) => tryApi(server, model, asking)));
}

function tellTried(tried: readonly Tried[], tell: Tell): void {
  for (const [index, { fault }] of tried.entries()) {
    const { name } = apis[index]!;
    if (fault === '') tell({ name: 'chain', verdict: 'ok', text: `${name}, streamed and whole, answered and refused` });
    else tell({ name: 'chain', verdict: 'failed', text: `${name}: ${fault}` });
  }
}

/** What the answers say that they would not say without the plugin. */
function tellChanges(tried: readonly Tried[], bare: readonly Tried[], tell: Tell): void {
  const changed = tried.flatMap(({ fault, text }, index) =>
    fault === '' && text !== bare[index]!.text ? [{ ...apis[index]!, text, before: bare[index]!.text }] : [],
  );
  const [first] = changed;
  if (!first) {
    tell({ name: 'texts', verdict: 'ok', text: 'answers say the same as without it' });
    return;
  }
  const names = changed.map(({ name }) => name).join(', ');
  tell({
    name: 'texts',
    verdict: 'note',
    text: `it changes what ${names} says: ${quote(first.before)} became ${quote(first.text)}`,
  });
}

function tellWatched({ hasHandled, transforms, calls, ms, taken, given }: Watch, tell: Tell): void {
  const note = (text: string, advice?: string) => tell({ name: 'events', verdict: 'note', text, advice });
  if (!hasHandled) note('its handler was never called', 'Its place in the chain may be one that answers leave out.');
  if (transforms > 0 && calls === 0) note('onEvent or onText was given a function that was never called');
  if (calls === 0) return;
  tell({ name: 'events', verdict: 'ok', text: `${((ms * 1000) / calls).toFixed(1)} µs for each of ${calls} events` });
  for (const [type, times] of taken) {
    if (given.has(type)) continue;
    note(
      `none of ${times} ${type} went on`,
      'Where that is not meant, call emit(event) for every event that is passed on.',
    );
  }
}
