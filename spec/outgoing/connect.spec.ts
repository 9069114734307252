/** Which of a server's addresses is taken, when some lead nowhere and the others are far away. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { connectToFirst } from '../../lib/outgoing/connect.ts';

type Fate = { connectsAfterMs: number } | { failsAfterMs: number; code: string } | 'silent';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Connects on a mocked clock. @returns how it ended, and when each address was tried */
async function connect(t: TestContext, fates: Record<string, Fate>, timeoutMs = 15_000) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  const tried: Record<string, number> = {};
  const sockets = new Map<string, Socket>();
  const open = (address: string) => {
    tried[address] = nowMs;
    const socket = new PassThrough() as unknown as Socket;
    sockets.set(address, socket);
    const fate = fates[address]!;
    if (fate === 'silent') return socket;
    if ('code' in fate) {
      const error = Object.assign(new Error(fate.code), { code: fate.code });
      setTimeout(() => socket.destroy(error), fate.failsAfterMs);
    } else {
      setTimeout(() => {
        if (!socket.destroyed) socket.emit('connect');
      }, fate.connectsAfterMs);
    }
    return socket;
  };
  let outcome: string | undefined;
  connectToFirst(Object.keys(fates), timeoutMs, open).then(
    (socket) => {
      outcome = [...sockets].find(([, candidate]) => candidate === socket)![0];
    },
    (error: NodeJS.ErrnoException) => {
      outcome = error.code;
    },
  );
  while (outcome === undefined && nowMs <= timeoutMs + 1000) {
    await settle();
    t.mock.timers.tick(50);
    nowMs += 50;
    await settle();
  }
  const left = [...sockets].filter(([, socket]) => !socket.destroyed).map(([address]) => address);
  return { outcome, tried, left };
}

const v4 = ['192.0.2.1', '192.0.2.2'] as const;
const v6 = ['2001:db8::1', '2001:db8::2'] as const;

test('far away, with an IPv6 that is not there: the connection that takes longer than a turn is waited for', async (t) => {
  const none = { failsAfterMs: 0, code: 'ENETUNREACH' };
  const far = { connectsAfterMs: 800 };
  const { outcome, left } = await connect(t, { [v4[0]]: far, [v4[1]]: far, [v6[0]]: none, [v6[1]]: none });
  assert.equal(outcome, v4[0]);
  assert.deepEqual(left, [v4[0]], 'the others are let go');
});

test('an address that swallows everything delays the next by a quarter of a second', async (t) => {
  const { outcome, tried } = await connect(t, {
    [v6[0]]: 'silent',
    [v6[1]]: 'silent',
    [v4[0]]: { connectsAfterMs: 10 },
  });
  assert.equal(outcome, v4[0]);
  assert.ok(tried[v4[0]]! <= 300, JSON.stringify(tried));
  assert.equal(tried[v6[1]], undefined, 'families take turns');
});

test('one that refuses is followed at once', async (t) => {
  const { outcome, tried } = await connect(t, {
    [v4[0]]: { failsAfterMs: 0, code: 'ECONNREFUSED' },
    [v4[1]]: { connectsAfterMs: 0 },
  });
  assert.equal(outcome, v4[1]);
  assert.ok(tried[v4[1]]! <= 100, JSON.stringify(tried));
});

test('when all fail, the error is that of a server and not of a missing network', async (t) => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET']) {
    const { outcome, left } = await connect(t, {
      [v4[0]]: { failsAfterMs: 10, code },
      [v6[0]]: { failsAfterMs: 0, code: 'ENETUNREACH' },
    });
    assert.equal(outcome, code);
    assert.deepEqual(left, []);
    t.mock.timers.reset();
  }
});

test('nobody answers: it ends with the time to connect', async (t) => {
  const { outcome, left } = await connect(t, { [v4[0]]: 'silent', [v6[0]]: 'silent' }, 3_000);
  assert.equal(outcome, 'ETIMEDOUT');
  assert.deepEqual(left, []);
});
