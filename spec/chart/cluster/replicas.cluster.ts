/** Two Pods that share one Redis, behind the Service: a roll-out under load, one refresh, one budget for drains, one limit. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ask, createNamespace, createUpstream, run, signInOf, startRedis, statusOf } from './operator.ts';

/** Asks without a pause, each with connections of its own kind, until it is told to stop. @returns all answers and failures */
function startLoad(url: string): { stop(): Promise<string[]> } {
  let isOver = false;
  const outcomes: string[] = [];
  const work = Array.from({ length: 8 }, async (_, index) => {
    while (!isOver) {
      const question = { isStreaming: index % 2 === 0, isAlone: index % 4 < 2 };
      const outcome = await ask(url, question).then(
        async (answer) => `${answer.statusCode} ${/\[DONE\]\s*$|"object":"chat.completion"/.test(await text(answer))}`,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      outcomes.push(outcome);
    }
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(work);
      return outcomes;
    },
  };
}

test('two Pods on one Redis', { timeout: 240_000 }, async (t) => {
  const { upstream, values: named } = await createUpstream(t);
  const namespace = await createNamespace(t);
  await Promise.all([startRedis(namespace), namespace.apply(signInOf(upstream))]);
  const values = {
    ...named,
    config: { ...named.config, rateLimit: 1_000_000 },
    replicaCount: 2,
    redis: { existingSecret: 'opencompat-redis' },
    podDisruptionBudget: { enabled: true },
    networkPolicy: { enabled: true, egressPorts: [443, 6379] },
  };
  await namespace.helm('install', values);
  const url = await namespace.url();

  await t.test('a roll-out under load loses no request', async (t) => {
    const load = startLoad(url);
    await namespace.kubectl(['rollout', 'restart', 'statefulset/opencompat']);
    await namespace.rolledOut();
    const outcomes = await load.stop();
    const lost = outcomes.filter((outcome) => outcome !== '200 true');
    t.diagnostic(`lost in a rolling update under load: ${lost.length} of ${outcomes.length} requests`);
    assert.deepEqual(lost, []);
    assert.ok(outcomes.length > 50, `only ${outcomes.length} requests`);
  });

  await t.test('one expiry, seen by both: one refresh', async () => {
    upstream.expireTokens();
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(url)));
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.equal(upstream.account.refreshes, 1);
  });

  await t.test('drains take one Pod at a time', async () => {
    const evict = async (name: string) => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: namespace.name } };
      const path = `/api/v1/namespaces/${namespace.name}/pods/${name}/eviction`;
      return run('kubectl', ['create', '--raw', path, '--filename', '-'], { input: JSON.stringify(eviction) });
    };
    assert.equal((await evict('opencompat-1')).status, 0);
    const second = await evict('opencompat-0');
    assert.notEqual(second.status, 0);
    assert.match(second.err, /disruption budget/);
    await namespace.rolledOut();
  });
});

test('a HorizontalPodAutoscaler brings up its fewest Pods, which have one limit', async (t) => {
  const namespace = await createNamespace(t);
  await startRedis(namespace);
  const config = { rateLimit: 9, demo: true };
  await namespace.helm('install', {
    config,
    autoscaling: { enabled: true },
    redis: { existingSecret: 'opencompat-redis' },
  });
  const isThere = '--for=jsonpath={.status.readyReplicas}=2';
  await namespace.kubectl(['wait', isThere, 'statefulset/opencompat', '--timeout=90s']);
  const url = await namespace.url();
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) statuses.push(await statusOf(url, { model: 'demo' }));
  assert.deepEqual(statuses, [...Array(9).fill(200), ...Array(3).fill(429)]);
});
