/** A Pod that is deleted while streams run: each of them gets its end while there is time. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ask, createNamespace, createUpstream, signInOf } from './operator.ts';

const firstDelta = /^data: .*"content":"[^"]/m;

/** Reads until the model has said something; the rest is left to `text`. */
async function readFirstDelta(answer: IncomingMessage): Promise<string> {
  let read = '';
  while (!firstDelta.test(read)) read += String((await once(answer, 'data'))[0]);
  answer.pause();
  return read;
}

test('20 streams, half of which end by themselves', async (t) => {
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  await namespace.apply(signInOf(upstream));
  await namespace.helm('install', { ...values, config: { ...values.config, shutdownGrace: 4 }, preStopSeconds: 2 });
  const url = await namespace.url();
  const answers: IncomingMessage[] = [];
  for (let index = 0; index < 20; index += 1) {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    answers.push(await ask(url, { isStreaming: true }));
  }
  await Promise.all(answers.map(readFirstDelta));

  const { spec } = await namespace.get('pod', 'opencompat-0');
  const deletedAtMs = performance.now();
  const deleted = namespace.kubectl(['delete', 'pod', 'opencompat-0', '--wait=false']);
  const ends = answers.map((answer) => text(answer));
  await deleted;
  for (const request of upstream.requests.slice(0, 10)) request.resume();
  const whole = await Promise.all(ends);
  const tookS = (performance.now() - deletedAtMs) / 1000;

  for (const rest of whole.slice(0, 10)) assert.match(rest, /\[DONE\]\s*$/);
  for (const rest of whole.slice(10)) assert.match(rest, /^data: .*server_shutting_down/m);
  assert.ok(tookS < spec.terminationGracePeriodSeconds, `${tookS} s of ${spec.terminationGracePeriodSeconds} s`);
  t.diagnostic(`20 streams had their end ${tookS.toFixed(1)} s after the Pod was deleted`);
});
