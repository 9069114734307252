/** How long a newcomer waits: from `helm install` to the first token of a stream. Measured, and said; no limit depends on it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, createNamespace } from './operator.ts';

test('from helm install to the first streamed token', async (t) => {
  const namespace = await createNamespace(t);
  const startedAtMs = performance.now();
  const sinceS = () => ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const { status, err } = await namespace.tryHelm('install', {});
  assert.equal(status, 0, err);
  const url = await namespace.url();
  let answer = await ask(url, { isStreaming: true, model: 'demo' }).catch(() => undefined);
  while (answer?.statusCode !== 200) {
    await sleep(50);
    answer = await ask(url, { isStreaming: true, model: 'demo' }).catch(() => undefined);
  }
  let read = '';
  while (!/"content":"[^"]/.test(read)) read += String((await once(answer, 'data'))[0]);
  const firstTokenS = sinceS();
  answer.destroy();
  await namespace.rolledOut();
  t.diagnostic(
    `from helm install to the first streamed token: ${firstTokenS} s; to the end of the roll-out: ${sinceS()} s`,
  );

  const { status: pod } = await namespace.get('pod', 'opencompat-0');
  const at = (type: string) =>
    pod.conditions.find((condition: { type: string }) => condition.type === type)?.lastTransitionTime;
  for (const type of ['PodScheduled', 'PodReadyToStartContainers', 'Initialized', 'Ready'])
    t.diagnostic(`${type} ${at(type)}`);
});
