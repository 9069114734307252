/**
 * What the attacker does: opens a WebSocket, sends small messages without end, and reads nothing of what they are answered
 * with, which is forty times as long.
 * What must hold: the server stops reading, so that what waits for the client stays near its limit; and it goes on when the
 * client reads again, without a message lost.
 */
import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createHarness } from '../support/index.ts';

const messages = 100_000;
/** Of what that many answers are: more than 20 MB. */
const maxWaitingBytes = 8_000_000;

test('who asks and does not read is not listened to', async (t) => {
  const h = await createHarness(t);
  let serverSide: Socket | undefined;
  const note = (message: unknown) => {
    serverSide = (message as { socket: Socket }).socket;
  };
  diagnostics.subscribe('net.server.socket', note);
  const webSocket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  await new Promise((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
  diagnostics.unsubscribe('net.server.socket', note);
  t.after(() => webSocket.terminate());

  let answers = 0;
  const allAnswered = new Promise<void>((resolve) => {
    webSocket.on('message', () => {
      answers += 1;
      if (answers === messages) resolve();
    });
  });
  webSocket.pause();
  for (let sent = 0; sent < messages; sent += 1) webSocket.send('{}');

  const { bytesRead: handshakeBytes } = serverSide!;
  const frameBytes = 8;
  while (!serverSide!.isPaused() && serverSide!.bytesRead - handshakeBytes < messages * frameBytes) {
    assert.ok(serverSide!.writableLength < maxWaitingBytes, `${serverSide!.writableLength} bytes wait`);
    await sleep(5);
  }
  assert.ok(serverSide!.isPaused());
  assert.ok(serverSide!.writableLength < maxWaitingBytes, `${serverSide!.writableLength} bytes wait`);

  webSocket.resume();
  await allAnswered;
});
