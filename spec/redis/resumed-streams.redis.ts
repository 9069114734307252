/**
 * Streams that their client comes back to on another server, by a real Redis: it is cut at random, or the server that ran it is
 * killed. Runs with redis-server: `node --test spec/redis/resumed-streams.redis.ts`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type ClientReader, clientReaders } from '../support/client-readers.ts';
import { scriptAnswer } from '../support/index.ts';
import { cuts, readUntilCut, readWithCuts, seed, words } from '../support/resuming-client.ts';
import { type Replica, startReplica, startReplicas } from './replicas.ts';

const apis = clientReaders.filter(({ name }) => name !== 'Completions' && name !== 'Ollama generate');
const env = { OPENCOMPAT_RATE_LIMIT: '0' };
const isByLine = ({ name }: ClientReader) => name.startsWith('Ollama');

/** Asks for a stream, or goes on with one. */
function ask({ url }: Replica, api: ClientReader, token: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-opencompat-resume': token };
  const body = JSON.stringify(api.toBody('gpt-5.5', true));
  return fetch(url + api.path, { method: 'POST', headers, body });
}

async function kill({ child }: Replica): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

const withoutIds = (events: readonly string[]) => events.join('').replace(/^id: .*\n/gm, '');

/** The words of the answer, in the order in which a wire has them. */
function wordsOn(events: readonly string[]): number[] {
  return [...events.join('').matchAll(/\bw(\d+)\b/g)].map(([, number]) => Number(number));
}

test(`every API, with two servers on one Redis (CUT_SEED=${seed})`, async (t) => {
  const { redis, upstream, replicas } = await startReplicas(t, 2, { env });
  const [survivor] = replicas as [Replica, Replica];

  for (const api of apis) {
    await t.test(`${api.name}: cut ${cuts} times, each time by another server`, async () => {
      upstream.reply(scriptAnswer([{ text: words }]));
      const before = upstream.requests.length;
      let turn = 0;
      const send = (to: string, init: RequestInit) => fetch(replicas[turn++ % 2]!.url + to, init);
      const { text, connections } = await readWithCuts(send, api.path, api.toBody('gpt-5.5', true), isByLine(api));
      assert.equal(api.readStream(text).text, words);
      assert.equal(upstream.requests.length, before + 1);
      assert.ok(connections > cuts / 2, `${connections} connections`);
    });
  }

  /** One answer of each API by a server of their own. */
  async function askAll(onEvents?: (count: number, runner: Replica) => void) {
    const runner = await startReplica(t, redis, upstream, { env });
    // Written bit by bit, so that there is a middle.
    for (const _ of apis) upstream.reply(scriptAnswer([{ text: words }]), { splitEveryBytes: 2000, delayMs: 1 });
    const before = upstream.requests.length;
    // All have begun before anything happens.
    const answers = await Promise.all(apis.map((api) => ask(runner, api, 'new')));
    const had = await Promise.all(
      answers.map(async (answer, index) => ({
        id: answer.headers.get('x-opencompat-resume')!,
        events: await readUntilCut(answer, isByLine(apis[index]!), (count) => onEvents?.(count, runner)),
      })),
    );
    assert.equal(upstream.requests.length, before + apis.length);
    return { runner, had };
  }

  const goOn = (tokens: readonly string[]) =>
    Promise.all(
      apis.map(async (api, index) => {
        const answer = await ask(survivor, api, tokens[index]!);
        return answer.ok ? readUntilCut(answer, isByLine(api), () => {}) : [await answer.text()];
      }),
    );

  await t.test('the server that runs them is killed: each of what came once, and how much that was', async () => {
    const [place] = fc.sample(fc.integer({ min: 1, max: 1000 }), { numRuns: 1, seed });
    let killed: Promise<void> | undefined;
    const { had } = await askAll((count, runner) => {
      if (count >= place!) killed ??= kill(runner);
    });
    await killed;
    const asked = upstream.requests.length;
    const rests = await goOn(had.map(({ id, events }) => `${id}:${events.length}`));
    let losses = 0;
    for (const [index, { name, readStream }] of apis.entries()) {
      const events = [...had[index]!.events, ...rests[index]!];
      // One of which nothing had come to Redis is unknown to the other server.
      const isUnknown = events.at(-1)!.includes('There is no answer to go on with');
      const lost = /behind its first (\d+) events: the server that ran it has died\. Send/.exec(events.at(-1)!);
      if (lost || isUnknown) {
        losses += 1;
        if (lost) assert.equal(Number(lost[1]), events.length - 1, name);
        const numbers = wordsOn(events.slice(0, -1));
        assert.deepEqual(numbers, [...numbers.keys()], name);
      } else assert.equal(readStream(withoutIds(events)).text, words, name);
    }
    assert.ok(losses > 0);
    assert.ok(had.some(({ events }) => wordsOn(events).length > 0));
    assert.equal(upstream.requests.length, asked);
  });

  await t.test('the server that has run them is killed: all of it', async () => {
    const { runner, had } = await askAll();
    // The last events reach Redis a moment after their client.
    await sleep(300);
    await kill(runner);
    const asked = upstream.requests.length;
    const again = await goOn(had.map(({ id }) => `${id}:0`));
    for (const [index, { name, readStream }] of apis.entries()) {
      const { events } = had[index]!;
      assert.deepEqual(again[index], events, name);
      assert.equal(readStream(withoutIds(events)).text, words);
    }
    const nothing = await goOn(had.map(({ id, events }) => `${id}:${events.length}`));
    assert.deepEqual(nothing.flat(), []);
    assert.equal(upstream.requests.length, asked);
  });
});
