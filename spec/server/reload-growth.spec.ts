/** Many reloads: nothing of a configuration stays when it is no longer in use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHarness } from '../support/index.ts';

const reloads = 60;
const rounds = 4;
/** Of one reload, in bytes: a chain, an application and its providers are some hundred thousand. */
const maxGrowth = 10_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What keeps a process busy, and who waits for what happens to it. */
function held(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    // Connections of the test's own requests come and go.
    if (!/TCP|Immediate|Req/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  for (const event of process.eventNames()) counts[String(event)] = process.listenerCount(event);
  for (const event of process.stdout.eventNames())
    counts[`stdout ${String(event)}`] = process.stdout.listenerCount(event);
  return counts;
}

test('reload after reload, with a provider, an alias and a limit that come and go', async (t) => {
  const h = await createHarness(t, { copilot: true });
  const box = { type: 'openai-compatible', baseURL: 'http://127.0.0.1:9/v1', models: ['m'], enabled: true };
  const hello = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] });
  async function reloadOften(): Promise<void> {
    for (let count = 0; count < reloads; count += 1) {
      const isOdd = count % 2 === 1;
      const report = await h.reload({
        rateLimit: isOdd ? 1000 : 2000,
        reasoningEffort: isOdd ? 'low' : 'high',
        upstreamIdleTimeout: isOdd ? 100 : 200,
        aliases: isOdd ? { fast: 'gpt-5.5' } : {},
        providers: isOdd ? { box } : {},
      });
      assert.equal(report.outcome, 'taken', report.message);
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: hello };
      if (count % 10 === 0) await (await h.fetch('/v1/chat/completions', init)).text();
    }
    (h.logs as unknown[]).length = 0;
    (h.upstream.requests as unknown[]).length = 0;
    (h.upstream.otherRequests as unknown[]).length = 0;
    await new Promise(setImmediate);
    for (let times = 0; times < 3; times += 1) collect();
  }
  await reloadOften();
  const before = held();
  const sizes = [process.memoryUsage().heapUsed];
  for (let round = 0; round < rounds; round += 1) {
    await reloadOften();
    sizes.push(process.memoryUsage().heapUsed);
  }
  assert.deepEqual(held(), before);
  // One good round is enough: other work can only make it look worse.
  const growths = sizes.slice(1).map((size, round) => (size - sizes[round]!) / reloads);
  assert.ok(Math.min(...growths) < maxGrowth && growths.at(-1)! < 10 * maxGrowth, growths.map(Math.round).join(', '));
});
