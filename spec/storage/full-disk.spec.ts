/** A disk that is full, or out of quota: the server goes on from memory, and says what a restart would cost. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createHarness } from '../support/index.ts';

/** From now on nothing can be written below a directory. @param where does the disk say so: when a file is made, or written? */
function fillDisk(t: TestContext, directory: string, code: string, where: 'open' | 'write'): void {
  const open = fs.open;
  const fail = async () => {
    throw Object.assign(new Error(`${code}: no space left on device`), { code });
  };
  t.mock.method(fs, 'open', async (...args: Parameters<typeof fs.open>) => {
    const [path, flags] = args;
    if (!String(path).startsWith(directory) || flags !== 'wx') return open(...args);
    if (where === 'open') return fail();
    const file = await open(...args);
    file.writeFile = fail;
    return file;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

for (const [code, where] of [
  ['ENOSPC', 'write'],
  ['ENOSPC', 'open'],
  ['EDQUOT', 'write'],
] as const) {
  test(`${code} at ${where}: the renewed sign-in serves from memory; log, /ready and metrics say so`, async (t) => {
    const h = await createHarness(t);
    const ask = () =>
      h.client.chat.completions.create({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi' }] });
    const states = async () =>
      (await (await h.fetch('/ready')).json()) as { status: string; providers: { chatgpt: Record<string, unknown> } };
    await ask();
    assert.deepEqual((await states()).providers.chatgpt, { ready: true, signedIn: true });

    fillDisk(t, h.dataDir, code, where);
    h.upstream.expireTokens();
    for (let count = 0; count < 2; count++) assert.ok((await ask()).choices[0]?.message.content);
    const { status, providers } = await states();
    assert.equal(status, 'ready');
    assert.match(String(providers.chatgpt.warning), /could not be saved: a restart would end it/);
    assert.match(await (await h.fetch('/metrics')).text(), /^opencompat_sign_in_unsaved\{provider="chatgpt"\} 1$/m);
    const said = h.logs.filter(({ level, message }) => level === 'error' && /could not be saved/.test(String(message)));
    assert.equal(said.length, 1);
    assert.match(String(said[0]!.reason), new RegExp(code));
  });
}

test('a broken credential file is a passing state with the sentence that says what to do', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  await fs.writeFile(join(h.dataDir, 'auth.json'), '{"version":1,');
  // Has the server look at the file now.
  await h.fetch('/ready');
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  assert.equal(answer.status, 503);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  assert.equal(error.code, 'credentials_unreadable');
  assert.match(error.message, /log says why; repair it, or move it away and run `opencompat login`/);
});
