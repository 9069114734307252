/** Streams whose client comes back to another server, with which the one that runs them shares a Redis. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type Replica, startTwo } from '../redis/replicas.ts';
import { clientReaders } from '../support/client-readers.ts';
import { scriptAnswer } from '../support/index.ts';
import { readSome, readWithCuts, seed, words } from '../support/resuming-client.ts';

const [chat, , , ollama] = clientReaders;

function sendTo(server: Replica, path: string, init: RequestInit, key = 'sk-one'): Promise<Response> {
  const headers = { ...(init.headers as object), authorization: `Bearer ${key}` };
  return fetch(server.url + path, { ...init, headers });
}

function ask(server: Replica, more: Record<string, string>, path = chat!.path, key?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...more };
  return sendTo(server, path, { method: 'POST', headers, body: JSON.stringify(chat!.toBody('gpt-5.5', true)) }, key);
}

test('a client goes from server to server; then the one that ran its answer dies', async (t) => {
  const { upstream, first, second } = await startTwo(t);
  for (const client of [chat!, ollama!]) {
    await t.test(`${client.name}: whole, of one upstream request (CUT_SEED=${seed})`, async () => {
      upstream.reply(scriptAnswer([{ text: words }]));
      const before = upstream.requests.length;
      let turn = 0;
      const send = (path: string, init: RequestInit) => sendTo([first, second][turn++ % 2]!, path, init);
      const isByLine = client === ollama;
      const { text, connections } = await readWithCuts(send, client.path, client.toBody('gpt-5.5', true), isByLine);
      assert.equal(client.readStream(text).text, words);
      assert.equal(upstream.requests.length, before + 1);
      assert.ok(connections > 25, `${connections} connections`);
    });
  }

  await t.test('it goes on live elsewhere, for its owner alone and on its path', async () => {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const answer = await ask(first, { 'x-opencompat-resume': 'new' });
    const id = answer.headers.get('x-opencompat-resume')!;
    await readSome(answer, false, 1);
    const asked = { 'last-event-id': `${id}:1` };
    assert.equal((await ask(second, asked, chat!.path, 'sk-two')).status, 404);
    assert.equal((await ask(second, asked, '/v1/messages')).status, 404);
    const elsewhere = await ask(second, asked);
    assert.equal(elsewhere.status, 200);
    upstream.last.resume();
    const rest = await elsewhere.text();
    assert.match(rest, /\[DONE\]/);
    assert.equal(await (await ask(first, asked)).text(), rest);
    assert.equal((await ask(second, { 'last-event-id': `${id}:99999` })).status, 404);
  });

  await t.test('killed in the middle: all that is kept, then the error', async () => {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const answer = await ask(first, { 'x-opencompat-resume': 'new' });
    const id = answer.headers.get('x-opencompat-resume')!;
    await readSome(answer, false, 1);
    const before = await ask(second, { 'last-event-id': `${id}:0` });
    const { events } = await readSome(before, false, 1);
    assert.match(events[0]!, new RegExp(`^id: ${id}:1$`, 'm'));
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const wire = await (await ask(second, { 'last-event-id': `${id}:0` })).text();
    assert.ok(wire.startsWith(events[0]!));
    const count = [...wire.matchAll(/^id: /gm)].length;
    const message = chat!.readError(chat!.readStreamError(wire));
    assert.match(message, new RegExp(`all behind its first ${count} events: the server that ran it has died\\. Send`));
  });
});
