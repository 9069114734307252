/** Captures as replies in tests: `upstream.replay(file)` of `opencompat/testing`. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];

async function say(h: Harness, model = 'gpt-5.5'): Promise<string | null | undefined> {
  return (await h.client.chat.completions.create({ model, messages })).choices[0]?.message.content;
}

/** @returns the files of what a server has recorded while it was asked so */
async function record(t: TestContext, ask: (h: Harness) => Promise<unknown>, options: object = {}): Promise<string[]> {
  const h = await createHarness(t, { config: { record: 'all' }, ...options });
  await ask(h);
  await h.server.close();
  const folder = join(h.dataDir, 'captures');
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

test('an answer, a refusal and an answer that breaks off are given again as they were', async (t) => {
  const answer = scriptAnswer('Nice to meet you.');
  const [first, second, third] = await record(t, async (h) => {
    h.upstream.reply(answer, { splitEveryBytes: 300 });
    await say(h);
    h.upstream.refuse(400, { error: { message: 'No such thing', type: 'invalid_request_error' } });
    await assert.rejects(say(h));
    h.upstream.reply(answer, { cutAfterBytes: 900 });
    await assert.rejects(say(h));
  });
  const h = await createHarness(t);
  h.upstream.replay(first!).replay(first!, { splitEveryBytes: 1 }).replay(second!).replay(third!);
  assert.equal(await say(h), 'Nice to meet you.');
  assert.equal(await say(h), 'Nice to meet you.');
  await assert.rejects(say(h), /400 No such thing/);
  await assert.rejects(say(h), /closed the stream before the answer was complete/);
  assert.throws(() => h.upstream.replay(new URL(import.meta.url)), /This is no capture/);
});

test('a capture of an upstream with another API is refused in words; a provider plays it', async (t) => {
  const box = await createFakeOpenAiServer();
  t.after(() => box.close());
  const providers = { box: { type: 'openai-compatible', baseURL: box.url } };
  const [file] = await record(t, (h) => say(h, 'box/fake-model'), { providers });
  const h = await createHarness(t, { providers: { played: { type: 'replay', folder: file } } });
  assert.throws(
    () => h.upstream.replay(file!),
    /speaks chat-completions, and this fake speaks responses: .*type 'replay'/,
  );
  assert.ok(await say(h, 'played/fake-model'));
});
