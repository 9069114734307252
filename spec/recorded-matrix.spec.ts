/**
 * Every recorded stream of every upstream API comes out of a whole server in every client API, streamed and in one piece,
 * with nothing lost that the API can carry. The recordings are read from the folder named by OPENCOMPAT_RECORDED_STREAMS:
 * `resp-*` and `syn-*` as ChatGPT sends them, `chat-*` as an OpenAI-compatible server, `anth-*` as Copilot's /v1/messages;
 * without it our own fixtures are. Recordings of legacy completions (`completion-*`) are left out: no provider is asked so.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineMiddleware } from '../lib/middleware.ts';
import { type ClientReader, clientReaders } from './support/client-readers.ts';
import { createFakeOpenAiServer, type FakeOpenAiServer } from './support/fake-openai-server.ts';
import { createHarness, type Delivery, type Harness } from './support/index.ts';
import { listRecordedAnswers } from './support/recorded-streams.ts';
import { readChatStream, readMessagesStream, readResponsesStream, type Told } from './support/upstream-readers.ts';

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;

interface Upstream {
  /** The model whose provider sends such streams. */
  model: string;
  reply(file: URL, delivery: Delivery): unknown;
}

interface Recorded {
  title: string;
  text: string;
  upstream: keyof typeof upstreams;
  /** What it says. Undefined: it breaks the rules of its API, so that one client's answer is measured by another's. */
  told?: Told;
}

let h: Harness;
let box: FakeOpenAiServer;
const ending: (() => Promise<void>)[] = [];

const upstreams = {
  ChatGPT: { model: 'gpt-5.5', reply: (file, delivery) => h.upstream.reply(file, delivery) },
  Copilot: { model: 'claude-haiku-5', reply: (file, delivery) => h.copilot.reply(file, delivery) },
  server: { model: 'fake-model', reply: (file, delivery) => box.reply(file, delivery) },
} satisfies Record<string, Upstream>;

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

before(async () => {
  box = await createFakeOpenAiServer();
  const providers = { box: { type: 'openai-compatible' as const, baseURL: box.url, responses: false as const } };
  h = await createHarness({ after: (task) => ending.push(task) }, { copilot: true, providers, plugins: [watch] });
  // Lists of models are asked for behind the first look at them.
  const wanted = Object.values(upstreams).map(({ model }) => model);
  for (;;) {
    const ids = new Set((await h.client.models.list()).data.map(({ id }) => id));
    if (wanted.every((id) => ids.has(id))) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
after(async () => {
  for (const end of ending) await end();
  await box.close();
  rmSync(pieces, { recursive: true });
});

function listFiles(fixtures: string, pattern: RegExp): { title: string; text: string }[] {
  const folder = recordings || fileURLToPath(new URL(`fixtures/${fixtures}`, import.meta.url));
  const files = readdirSync(folder).filter((name) => (recordings ? pattern : /\.sse$/).test(name));
  return files.map((title) => ({ title, text: readFileSync(join(folder, title), 'utf8') }));
}

/** Our own Chat streams that keep to the rules of the API. */
const plainChat =
  /^(text|text-then-call|two-calls|reasoning-content|refusal|length|content-filter|logprobs|calls-mixed|error-mid-stream|cut|reasoning-after-text)\.sse$/;

const recorded: Recorded[] = [
  ...listRecordedAnswers().map(
    ({ title, text }): Recorded => ({ title, text, upstream: 'ChatGPT', told: readResponsesStream(text) }),
  ),
  ...listFiles('messages', /^anth-.*\.sse$/).map(
    ({ title, text }): Recorded => ({ title, text, upstream: 'Copilot', told: readMessagesStream(text) }),
  ),
  ...listFiles('chat', /^chat-.*\.sse$/).map(
    ({ title, text }): Recorded => ({
      ...{ title, text, upstream: 'server' },
      ...((recordings || plainChat.test(title)) && { told: readChatStream(text) }),
    }),
  ),
];

interface Answer {
  status: number;
  text: string;
}

async function ask(client: ClientReader, { text, upstream }: Recorded, isStreaming: boolean): Promise<Answer> {
  const { model, reply } = upstreams[upstream];
  const file = join(pieces, 'stream.sse');
  writeFileSync(file, text);
  reply(pathToFileURL(file), isStreaming ? { splitEveryBytes: 509 } : {});
  const response = await h.fetch(client.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(client.toBody(model, isStreaming)),
  });
  return { status: response.status, text: await response.text() };
}

for (const stream of recorded) {
  const { title, upstream, told } = stream;
  test(`${title} of ${upstream}, for every client`, async (t) => {
    let expected = told;
    if (!expected) {
      // As the client of the richest API gets it.
      const responses = clientReaders.find(({ name }) => name === 'Responses')!;
      const { status, text } = await ask(responses, stream, true);
      const hasFailed = status !== 200 || /^event: response\.failed$/m.test(text);
      expected = hasFailed ? { ...readResponsesStream(''), failure: '' } : responses.readStream(text);
    }
    for (const client of clientReaders) {
      await t.test(client.name, async () => {
        const whole = await ask(client, stream, false);
        const streamed = await ask(client, stream, true);
        if (expected.failure !== undefined) assertFails(client, whole, streamed, expected.failure);
        else assertHolds(client, whole, streamed, client.toCarried(expected));
      });
    }
  });
}

function assertHolds(client: ClientReader, whole: Answer, streamed: Answer, expected: Told): void {
  assert.equal(whole.status, 200, whole.text);
  assert.deepEqual(client.readWhole(JSON.parse(whole.text)), expected);
  assert.equal(streamed.status, 200, streamed.text);
  assert.deepEqual(client.readStream(streamed.text), expected);
}

/** With the same error before the first byte and in the stream, and what the upstream said in it. */
function assertFails(client: ClientReader, whole: Answer, streamed: Answer, message: string): void {
  assert.ok(whole.status >= 400, whole.text);
  const said = client.readError(JSON.parse(whole.text));
  assert.ok(said.includes(message), `${said} has ${message}`);
  const inStream = streamed.status === 200 ? client.readStreamError(streamed.text) : JSON.parse(streamed.text);
  const error = inStream.error as { message: string } | string;
  assert.equal(typeof error === 'string' ? error : error.message, said);
}
