/**
 * What the attacker does: is an upstream, and sends a line, an event or interim heads that never end, in small pieces.
 * What must hold: it is let go of at a limit of the configuration, the client is told, and no more memory is held than that.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSseReader } from '../../lib/answer/sse.ts';
import { hello, post } from '../support/box-harness.ts';
import { createHarness } from '../support/harness.ts';

const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
const config = { maxEventBytes: 65_536, maxEventLines: 1000, maxInterimAnswers: 4 };

/** What is written first, and then over and over until somebody hangs up. */
const endless: Record<string, { first: string; again: string; told: RegExp }> = {
  'a line': { first: `${head}data: `, again: 'x'.repeat(1000), told: /`maxEventBytes`/ },
  'a line that is a comment': { first: `${head}: `, again: 'x'.repeat(1000), told: /`maxEventBytes`/ },
  'an event of long lines': { first: head, again: `data: ${'x'.repeat(1000)}\n`, told: /`maxEventBytes`/ },
  'an event of empty lines of data': { first: head, again: 'data:\n'.repeat(200), told: /`maxEventLines`/ },
  'interim heads': { first: '', again: 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n', told: /`maxInterimAnswers`/ },
};

/** Resolves when the other side has hung up on every connection on which a POST came. */
async function startEndless(t: TestContext, { first, again }: { first: string; again: string }) {
  const ended: Promise<unknown>[] = [];
  async function write(socket: Socket): Promise<void> {
    socket.write(first);
    while (!socket.destroyed) {
      if (!socket.write(again)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
      await new Promise(setImmediate);
    }
  }
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      if (!String(request).startsWith('POST')) {
        socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      ended.push(once(socket, 'close'));
      void write(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  return { baseURL: `http://127.0.0.1:${port}/v1`, ended };
}

for (const [name, { told, ...script }] of Object.entries(endless)) {
  test(`${name} without end`, async (t) => {
    const { baseURL, ended } = await startEndless(t, script);
    const box = { type: 'openai-compatible', baseURL };
    const h = await createHarness(t, { isSignedIn: false, providers: { box }, config });
    for (const stream of [true, false]) {
      const answer = await post(h, '/v1/messages', { model: 'box/m', max_tokens: 9, messages: hello, stream });
      assert.match(await answer.text(), told);
    }
    assert.equal(ended.length, 2);
    await Promise.all(ended);
  });
}

test('a line in the smallest pieces costs its bytes and little more', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const bytes = 2_000_000;
  const heldBytes = () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const reader = createSseReader(() => {}, { maxEventBytes: 2 * bytes, maxEventLines: 10 });
  const before = heldBytes();
  reader.feed(Buffer.from('data: '));
  for (let index = 0; index < bytes; index += 1) reader.feed(Buffer.from('x'));
  assert.ok(heldBytes() - before < 4 * bytes);
  let data = '';
  const whole = createSseReader(
    (text) => {
      data = text;
    },
    { maxEventBytes: 100, maxEventLines: 10 },
  );
  for (const byte of Buffer.from('data: größ\ndata: e\r\n\r\n')) whole.feed(Buffer.from([byte]));
  assert.equal(data, 'größ\ne');
});
