/**
 * Every recorded answer of every upstream API, from every provider that gives such answers, comes out of a whole server in
 * every client API, streamed and in one piece, with nothing lost that the API can carry. The recordings are read from the
 * folder named by OPENCOMPAT_RECORDED_STREAMS (`resp-*`, `syn-*`, `chat-*`, `anth-*`); without it our own fixtures are.
 * Recordings of legacy completions are left out: no provider is asked for such.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { type ClientReader, clientReaders } from '../support/client-readers.ts';
import { createFakeOpenAiServer, type FakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Delivery, type Harness } from '../support/index.ts';
import { listRecordedAnswers } from '../support/recorded-streams.ts';
import {
  readChatStream,
  readMessagesStream,
  readResponsesStream,
  readWholeChat,
  readWholeMessage,
  readWholeResponse,
  type Told,
} from '../support/upstream-readers.ts';

type Json = Record<string, unknown>;

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;

type UpstreamApi = 'responses' | 'chat' | 'messages';

/** Scripts the next answer of a fake. */
interface Fake {
  reply(answer: URL, delivery: Delivery): unknown;
  refuse(status: number, body: object): unknown;
}

let h: Harness;
/** The same without a plugin, so that answers of the client's own API pass as they are. */
let unread: Harness;
let chatServer: FakeOpenAiServer;
let responsesServer: FakeOpenAiServer;

interface Upstream {
  api: UpstreamApi;
  name: string;
  /** That leads there. */
  model: string;
  /** For which clients it is asked in this API. Default: all. */
  client?: string;
  fakeOf(harness: Harness): Fake;
}

/** Who answers in which API. */
const upstreams: readonly Upstream[] = [
  { api: 'responses', name: 'ChatGPT', model: 'gpt-5.5', fakeOf: ({ upstream }) => upstream as unknown as Fake },
  { api: 'responses', name: 'Copilot', model: 'copilot/gpt-5.4', fakeOf: ({ copilot }) => copilot },
  { api: 'responses', name: 'a server', model: 'fake-responses', client: 'Responses', fakeOf: () => responsesServer },
  { api: 'chat', name: 'a server', model: 'fake-chat', fakeOf: () => chatServer },
  { api: 'chat', name: 'Copilot', model: 'copilot/gpt-4.1', fakeOf: ({ copilot }) => copilot },
  { api: 'messages', name: 'Copilot', model: 'claude-haiku-5', fakeOf: ({ copilot }) => copilot },
];

/** Answers are read and written anew, even where client and upstream speak the same API. */
const watch = defineMiddleware({
  name: 'watch',
  after: ['validate'],
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) => emit(event));
    next();
  },
});

const pieces = mkdtempSync(join(tmpdir(), 'opencompat-streams-'));
const closing: (() => Promise<void>)[] = [];

before(async () => {
  chatServer = await createFakeOpenAiServer({ models: ['fake-chat'] });
  responsesServer = await createFakeOpenAiServer({ models: ['fake-responses'], hasResponses: true });
  const type = 'openai-compatible' as const;
  const providers = {
    box: { type, baseURL: chatServer.url, responses: false as const },
    full: { type, baseURL: responsesServer.url, responses: true as const },
  };
  const open = async (plugins: (typeof watch)[]) => {
    const options = { copilot: true as const, providers, plugins, config: { rateLimit: 0 } };
    const harness = await createHarness({ after: (task) => closing.push(task) }, options);
    // Lists of models are asked for behind the first look at them.
    for (;;) {
      const ids = new Set((await harness.client.models.list()).data.map(({ id }) => id));
      if (upstreams.every(({ model }) => ids.has(model.split('/').at(-1)!))) return harness;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  h = await open([watch]);
  unread = await open([]);
});
after(async () => {
  for (const close of closing) await close();
  await chatServer.close();
  await responsesServer.close();
  rmSync(pieces, { recursive: true });
});

interface Recorded {
  title: string;
  api: UpstreamApi;
  /** As it is sent: a stream, or a body. */
  sent: string | Json;
  /** What it says. Undefined: it breaks the rules of its API, so that one client's answer is measured by another's. */
  told?: Told;
}

function listFiles(fixtures: string, pattern: RegExp): [title: string, text: string][] {
  const folder = recordings || fileURLToPath(new URL(`../fixtures/${fixtures}`, import.meta.url));
  const files = readdirSync(folder).filter((name) => !recordings || pattern.test(name));
  return files.map((title) => [title, readFileSync(join(folder, title), 'utf8')]);
}

/** Our own Chat streams that keep to the rules of the API. */
const plainChat =
  /^(text|text-then-call|two-calls|reasoning-(content|after-text|details)|refusal|length|content-filter|logprobs|calls-mixed|error-mid-stream|cut|annotations|images|stop-reason|matched-stop)\.sse$/;

const inFolder: Recorded[] = [
  ...listRecordedAnswers().map(
    ({ title, text: sent }): Recorded => ({ title, api: 'responses', sent, told: readResponsesStream(sent) }),
  ),
  ...listFiles('messages', /^anth-.*\.sse$/).map(
    ([title, sent]): Recorded => ({ title, api: 'messages', sent, told: readMessagesStream(sent) }),
  ),
  ...listFiles('chat', /^chat-.*\.sse$/).map(([title, sent]): Recorded => {
    const isPlain = recordings || plainChat.test(title);
    return { title, api: 'chat', sent, ...(isPlain && { told: readChatStream(sent) }) };
  }),
  ...listFiles('whole', /^(resp|anth|chat)-.*\.nonstream\.json$/).map(([title, text]): Recorded => {
    const sent = JSON.parse(text) as Json;
    if (sent.object === 'response') return { title, api: 'responses', sent, told: readWholeResponse(sent) };
    if (sent.type === 'message') return { title, api: 'messages', sent, told: readWholeMessage(sent) };
    return { title, api: 'chat', sent, told: readWholeChat(sent) };
  }),
];

const overloaded = { type: 'overloaded_error', code: 'server_is_overloaded', message: 'Too many ask at once.' };
/** How a stream of each API fails. */
const failures: Readonly<Record<UpstreamApi, object>> = {
  responses: { type: 'response.failed', response: { status: 'failed', output: [], error: overloaded } },
  messages: { type: 'error', error: overloaded },
  chat: { error: overloaded },
};
const readers = { responses: readResponsesStream, messages: readMessagesStream, chat: readChatStream };

/** The first of each API with much to say, cut off, and failing in the middle. */
const broken = (['responses', 'messages', 'chat'] as const).flatMap((api): Recorded[] => {
  const isWhole = ({ told }: Recorded) => told && told.failure === undefined && told.text.length > 10;
  const { title, sent } = inFolder.find((each) => each.api === api && isWhole(each) && typeof each.sent === 'string')!;
  const events = String(sent).split(/(?<=\n\n)/);
  const begun = events.slice(0, events.length / 2).join('');
  const failed = `${begun}data: ${JSON.stringify(failures[api])}\n\n`;
  return [
    { title: `${title}, cut off`, api, sent: begun, told: readers[api](begun) },
    { title: `${title}, failing`, api, sent: failed, told: readers[api](failed) },
  ];
});
const recorded = [...inFolder, ...broken];

test('there is an answer of every API to read, and of every way to end', () => {
  const told = recorded.flatMap((each) => each.told ?? []);
  for (const api of ['responses', 'messages', 'chat']) assert.ok(inFolder.some((each) => each.api === api));
  for (const end of ['stop', 'tool_calls', 'length'])
    assert.ok(
      told.some((each) => each.end === end),
      end,
    );
  for (const { title, told: each } of broken) assert.notEqual(each!.failure, undefined, title);
});

interface Answer {
  status: number;
  text: string;
}

const file = join(pieces, 'stream.sse');
let inFile: string | undefined;

function toFile(text: string): URL {
  if (text !== inFile) writeFileSync(file, text);
  inFile = text;
  return pathToFileURL(file);
}

/** Asks for a model's answer when the next one of its fake is the recorded one. */
async function ask(
  harness: Harness,
  client: ClientReader,
  { model, fakeOf }: Upstream,
  { sent, told }: Pick<Recorded, 'sent' | 'told'>,
  isStreaming: boolean,
): Promise<Answer> {
  if (typeof sent === 'string') {
    fakeOf(harness).reply(toFile(sent), isStreaming ? { splitEveryBytes: 509 } : {});
  } else fakeOf(harness).refuse(200, sent);
  const response = await harness.fetch(client.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(client.toBody(model, isStreaming, told?.stopSequence)),
  });
  return { status: response.status, text: await response.text() };
}

for (const stream of recorded) {
  const { title, api, told } = stream;
  for (const upstream of upstreams.filter((each) => each.api === api)) {
    test(`${title}, from ${upstream.name}, for ${upstream.client ?? 'every'} client`, async (t) => {
      const expected = told ?? (await measure(upstream, stream));
      for (const client of clientReaders) {
        if (upstream.client && upstream.client !== client.name) continue;
        await t.test(client.name, async () => {
          const whole = await ask(h, client, upstream, stream, false);
          const streamed = await ask(h, client, upstream, stream, true);
          if (expected.failure !== undefined) assertFails(client, whole, streamed, expected.failure);
          else assertHolds(client, whole, streamed, client.toCarried(expected));
        });
      }
    });
  }
}

/** What a client of the richest API gets. */
async function measure(upstream: Upstream, stream: Recorded): Promise<Told> {
  const client = clientReaders.find(({ name }) => name === 'Responses')!;
  const { status, text } = await ask(h, client, upstream, stream, true);
  if (status !== 200) return { ...readResponsesStream(''), failure: client.readError(JSON.parse(text)) };
  if (/^event: response\.failed$/m.test(text)) return { ...readResponsesStream(''), failure: '' };
  return withoutMadeIds(client.readStream(text));
}

/** A call whose upstream gave it no id has one by the request that it came of. */
function withoutMadeIds({ calls, ...told }: Told): Told {
  const made = /^call_[0-9a-f]{32}_/;
  return { ...told, calls: calls.map(({ id, ...call }) => ({ id: id.replace(made, 'made_'), ...call })) };
}

function assertHolds(client: ClientReader, whole: Answer, streamed: Answer, expected: Told): void {
  assert.equal(whole.status, 200, whole.text);
  assert.deepEqual(withoutMadeIds(client.readWhole(JSON.parse(whole.text))), expected);
  assert.equal(streamed.status, 200, streamed.text);
  assert.deepEqual(withoutMadeIds(client.readStream(streamed.text)), expected);
}

/** With the same error before the first byte and in the stream, and what the upstream said in both. */
function assertFails(client: ClientReader, whole: Answer, streamed: Answer, message: string): void {
  assert.ok(whole.status >= 400, whole.text);
  const said = client.readError(JSON.parse(whole.text));
  assert.ok(said.includes(message), `${said} has ${message}`);
  const inStream = streamed.status === 200 ? client.readStreamError(streamed.text) : JSON.parse(streamed.text);
  const error = inStream.error as { message: string } | string;
  assert.equal(typeof error === 'string' ? error : error.message, said);
}

/** The client that speaks each API, where answers in it may be passed on. */
const ownClients: Partial<Record<UpstreamApi, string>> = { chat: 'Chat Completions', messages: 'Messages' };

for (const { title, api, sent, told } of recorded) {
  const client = clientReaders.find(({ name }) => name === ownClients[api]);
  const upstream = upstreams.find((each) => each.api === api)!;
  // A body that comes where a stream was asked for is read anyway, and so is what breaks off.
  if (!client || typeof sent !== 'string' || !told || told.failure !== undefined) continue;
  test(`${title}, from ${upstream.name}, passes unread to clients of its own API`, async () => {
    const { text } = await ask(unread, client, upstream, { sent }, true);
    assert.equal(text, sent);
  });
}
