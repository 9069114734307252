/**
 * What the attacker does: names, in a short request, very much of what is kept: one item over and over, items of an answer
 * whose own request was megabytes, the end of a chain of large answers.
 * What must hold: each kept answer is read once for a request, other requests are served meanwhile, and a request that
 * would become larger than `responsesMaxRestoredBytes` is refused before anything is sent.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ConversationFinder } from '../../lib/kept/conversation-finder.ts';
import type { ResponseStore, StoredResponse } from '../../lib/kept/response-store.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

/** Of process time; what is read again for each reference takes a minute. */
const limitMs = 5000;

interface Answer {
  id: string;
  output: { id: string }[];
  error: { code: string; param: string };
}

async function post(h: Harness, fields: object): Promise<[status: number, answer: Answer]> {
  const body = JSON.stringify({ model: 'gpt-5.5', ...fields });
  const response = await h.fetch('/v1/responses', { method: 'POST', body });
  return [response.status, (await response.json()) as Answer];
}

const reference = (id: string) => ({ type: 'item_reference', id });

test('one item named very often costs one reading of it', async (t) => {
  const h = await createHarness(t);
  const [, { output }] = await post(h, { input: 'x'.repeat(5_000_000) });
  const before = process.cpuUsage();
  const [status] = await post(h, { input: Array.from({ length: 5_000 }, () => reference(output[0]!.id)) });
  const { user, system } = process.cpuUsage(before);
  assert.equal(status, 200);
  assert.equal(h.upstream.last.body.input.length, 5_000);
  assert.ok((user + system) / 1000 < limitMs, `${(user + system) / 1000} ms`);
});

test('references cannot make a request larger than the limit', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('x'.repeat(100_000)));
  const [, { output }] = await post(h, { input: 'Hello' });
  const sent = h.upstream.requests.length;
  // 1 GB.
  const [status, { error }] = await post(h, { input: Array.from({ length: 10_000 }, () => reference(output[0]!.id)) });
  assert.deepEqual([status, error.code], [400, 'context_length_exceeded']);
  assert.match(error.param, /^input\[\d+\]\.id$/);
  assert.equal(h.upstream.requests.length, sent);
});

test('nor can a chain of answers', async (t) => {
  const h = await createHarness(t, { config: { responsesMaxRestoredBytes: 300_000 } });
  let previous: string | undefined;
  const statuses: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const [status, answer] = await post(h, { input: 'x'.repeat(100_000), previous_response_id: previous });
    statuses.push(status);
    if (status === 200) previous = answer.id;
    else assert.deepEqual([answer.error.code, answer.error.param], ['context_length_exceeded', 'previous_response_id']);
  }
  assert.deepEqual(statuses, [200, 200, 200, 400, 400]);
});

test('other requests get their turn while a long chain is read', async () => {
  const chain: StoredResponse[] = Array.from({ length: 100 }, (_, turn) => ({
    id: `resp_${turn}`,
    owner: '',
    input: [],
    ...(turn > 0 && { previousId: `resp_${turn - 1}` }),
    response: { output: [] } as never,
  }));
  const store = { get: async (_owner: string, id: string) => chain.find((stored) => stored.id === id) };
  const finder = new ConversationFinder([store as ResponseStore], '', 1_000_000);
  let turns = 0;
  let isReading = true;
  const others = (async () => {
    for (; isReading; turns += 1) await setImmediate();
  })();
  await finder.readChain('resp_99');
  isReading = false;
  await others;
  assert.ok(turns >= 99, `${turns}`);
});
