/** Captures played again: what one server has recorded, another gives again without a network. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../lib/config/load.ts';
import { diffLines } from '../../lib/line-diff.ts';
import { type Capture, parseCapture } from '../../lib/recorder/capture.ts';
import { answerOf, toComparable } from '../../lib/recorder/comparable.ts';
import { playCapture, whyNotPlayed } from '../../lib/server/replay.ts';
import { runCommand } from '../support/commands.ts';
import { createFakeAnthropic, fakeAnthropicKey } from '../support/fake-anthropic.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { scriptAnswer } from '../support/scripted-answer.ts';

const home = await mkdtemp(join(tmpdir(), 'opencompat-captures-'));
after(() => rm(home, { recursive: true, force: true }));
const env = { HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };
const loaded = loadConfig({ env, cwd: home, flags: {}, isTerminal: false });

/** The captures of a harness, whose server ends. */
async function capturesOf(h: Harness): Promise<Capture[]> {
  await h.server.close();
  return readCaptures(join(h.dataDir, 'captures'));
}

async function readCaptures(folder: string): Promise<Capture[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => parseCapture(await readFile(join(folder, name), 'utf8'))));
}

function differences(before: string, after: string): string {
  return diffLines(before, after)
    .filter(({ kind }) => kind !== 'same')
    .slice(0, 8)
    .map(({ kind, text }) => `${kind} ${text.slice(0, 300)}`)
    .join('\n');
}

/** What each folder of recordings is of: who answers with it, and which client asks in another API. */
const kinds = {
  responses: { model: 'gpt-5.5', path: '/v1/chat/completions', body: { stream: true } },
  chat: { model: 'box/fake-model', path: '/v1/messages', body: { stream: true, max_tokens: 4096 } },
  messages: { model: 'claude/claude-sonnet-5', path: '/v1/chat/completions', body: { stream: true } },
} as const;
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

test('every recording, captured, plays equal in pieces of one byte', async (t) => {
  const [box, claude] = await Promise.all([
    createFakeOpenAiServer({ takes: 'everything' }),
    createFakeAnthropic({ takes: 'everything' }),
  ]);
  t.after(() => Promise.all([box.close(), claude.close()]));
  const h = await createHarness(t, {
    config: { record: 'all' },
    providers: {
      box: { type: 'openai-compatible', baseURL: box.url },
      claude: { type: 'anthropic', baseURL: claude.url, apiKey: fakeAnthropicKey },
    },
  });
  const fakes = { responses: h.upstream, chat: box, messages: claude };
  const titles: string[] = [];
  for (const [kind, { model, path, body }] of Object.entries(kinds)) {
    for (const name of readdirSync(join(fixtures, kind))) {
      fakes[kind as keyof typeof fakes].reply(name);
      const messages = [{ role: 'user', content: `Play ${name}` }];
      const answer = await h.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages, ...body }),
      });
      await answer.text().catch(() => '');
      titles.push(`${kind}/${name}`);
    }
  }
  const captures = await capturesOf(h);
  assert.equal(captures.length, titles.length);
  const isAnswered = (capture: Capture) => answerOf(capture).status === 200 && capture.clientBytes.length > 0;
  assert.ok(captures.filter(isAnswered).length > titles.length * 0.9);
  const faults: string[] = [];
  for (const [index, capture] of captures.entries()) {
    const why = whyNotPlayed(capture);
    const before = toComparable(answerOf(capture));
    const after = why ?? toComparable(await playCapture(capture, loaded, { splitEveryBytes: 1 }));
    if (before !== after) faults.push(`${titles[index]}: ${why ?? differences(before, after)}`);
  }
  assert.deepEqual(faults, []);
});

/** A plugin that stumbles over an answer, as the configuration of whoever recorded it has it. */
const faulty = join(home, 'faulty.ts');
const plugin = `import { defineMiddleware } from 'opencompat';
export default defineMiddleware({
  name: 'faulty',
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) => {
      if (event.type === 'response.output_text.delta') throw new Error('stumbled');
      emit(event);
    });
    next();
  },
});`;

const found = 'Found: a house, a garden and a river.';

async function captureFailure(t: TestContext): Promise<string> {
  writeFileSync(faulty, plugin);
  const h = await createHarness(t, { config: { record: 'errors', middleware: [{ plugin: faulty, enabled: true }] } });
  h.upstream.reply(scriptAnswer(found), { splitEveryBytes: 64 });
  await assert.rejects(h.client.chat.completions.create({ model: 'gpt-5.5', messages: ask }));
  const folder = join(h.dataDir, 'captures');
  // It is written when the rest of the answer has come.
  while ((await readdir(folder).catch(() => [])).length === 0) await nextTurn();
  assert.equal(await h.upstream.last.aborted, false);
  await h.server.close();
  const [capture] = await readCaptures(folder);
  assert.equal(capture?.upstreamAnswers[0]?.end?.how, 'end');
  return folder;
}

const ask = [{ role: 'user' as const, content: 'What is there?' }];

test('a failure of one server is played on another, and is gone with another configuration', async (t) => {
  const folder = await captureFailure(t);
  const config = join(home, 'same.yaml');
  writeFileSync(config, 'middleware: [{ plugin: ./faulty.ts }]\n');
  const run = (...args: string[]) => runCommand(['replay', folder, ...args], { env, cwd: home });
  const same = await run('--config', config);
  assert.match(same.out, /^equal .*the same failure \(OC_MIDDLEWARE_FAILED\)/, same.err);
  assert.equal(same.status, 0);
  assert.equal((await run('--config', config, '--fixed')).status, 1);
  const fixed = await run('--fixed', '--split', '1');
  assert.match(fixed.out, /^equal .*failed before \(OC_MIDDLEWARE_FAILED\), answered now/);
  assert.equal(fixed.status, 0);
  const different = await run();
  assert.equal(different.status, 1);
  assert.match(different.out, /^different/);
  assert.match(different.out, /^ {2}- HTTP 500$/m);
  assert.match(different.out, /^ {2}\+ HTTP 200$/m);
});

test('a file that is no capture is told of', async () => {
  const path = join(home, 'other.txt');
  writeFileSync(path, 'nothing');
  const { status, out } = await runCommand(['replay', path], { env, cwd: home });
  assert.equal(status, 1);
  assert.match(out, /not played .*This is no capture/);
});

test('as a provider, captures answer live clients', async (t) => {
  const recorder = await createHarness(t, { config: { record: 'all' } });
  recorder.upstream.reply('text-hello.sse');
  const first = await recorder.client.chat.completions.create({ model: 'gpt-5.5', messages: ask });
  await recorder.server.close();
  const folder = join(recorder.dataDir, 'captures');
  const h = await createHarness(t, {
    isSignedIn: false,
    providers: { strict: { type: 'replay', folder }, near: { type: 'replay', folder, match: 'near' } },
  });
  const say = async (model: string, content: string) => {
    const messages = [{ role: 'user' as const, content }];
    const { choices } = await h.client.chat.completions.create({ model, messages });
    return choices[0]?.message.content;
  };
  const { content } = first.choices[0]!.message;
  assert.equal(await say('strict/gpt-5.5', 'What is there?'), content);
  assert.equal(await say('strict/gpt-5.5', 'What is there?'), content);
  assert.equal(await say('near/gpt-5.5', 'What is here?'), content);
  await assert.rejects(say('strict/gpt-5.5', 'What is here?'), /none of them has this request/);
  assert.equal(h.upstream.requests.length, 0);
});

test('what cannot be played says why', () => {
  const whyOf = (path: string, body: object, end: object = { isAborted: false }) =>
    whyNotPlayed(
      parseCapture(
        [
          { at: 'capture', version: 2 },
          { at: 'client.request', ms: 0, method: 'POST', path, headers: {}, text: JSON.stringify(body) },
          { at: 'end', ms: 1, status: 200, ignored: [], ...end },
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
      ),
    );
  assert.equal(whyOf('/v1/chat/completions?beta=1', {}), undefined);
  for (const path of ['/v1/images/generations', '/v1/files', '/v1/messages/batches', '/v1/audio/speech'])
    assert.equal(whyOf(path, {}), `answers to ${path} are not played`);
  assert.match(whyOf('/v1/responses', { background: true }) ?? '', /in the background/);
  assert.match(whyOf('/v1/responses', { previous_response_id: 'resp_1' }) ?? '', /its server had stored/);
  assert.match(whyOf('/v1/messages', {}, { isAborted: true }) ?? '', /client had left/);
  assert.match(whyOf('/api/chat', {}, { isAborted: false, leftOutBytes: 5 }) ?? '', /5 bytes of it were left out/);
});
