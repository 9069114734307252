/** Every file of values in chart/ci/: as a first installation, and as an upgrade of what `helm install` makes without one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chartFolder } from '../documented-values.ts';
import { valueFiles } from '../render.ts';
import { createNamespace, type Namespace, startRedis } from './operator.ts';

/** Files that change what Kubernetes never changes: the upgrade is refused, with the way that there is. */
const unchangeable: Readonly<Record<string, RegExp>> = {
  everything: /persistence\.data, persistence\.cache, nameOverride cannot be changed/,
  'no-persistence': /persistence\.data, persistence\.cache cannot be changed/,
};

/** What `helm test` needs where the file has keys that it cannot know. */
const testsOf = (name: string) =>
  name === 'plugins' ? { tests: { existingSecret: 'opencompat-keys', key: 'hashed' } } : {};

async function upgradeTo(namespace: Namespace, name: string, file: string): Promise<void> {
  const refusal = unchangeable[name];
  if (refusal) {
    const { status, err } = await namespace.tryHelm('upgrade', testsOf(name), '--values', file);
    assert.notEqual(status, 0);
    assert.match(err, refusal);
    const [, advice] = /kubectl (delete statefulset \S+) --namespace/.exec(err)!;
    await namespace.kubectl(advice!.split(' '));
    await namespace.kubectl(['wait', '--for=delete', 'pod/opencompat-0', '--timeout=60s']);
    // Of another class they could not be had under the same name.
    if (name === 'everything') await namespace.deleteClaims();
  }
  await namespace.helm('upgrade', testsOf(name), '--values', file);
}

describe('value files', { concurrency: 3 }, () => {
  for (const name of valueFiles()) {
    test(`${name}.yaml, fresh and as an upgrade`, { timeout: 240_000 }, async (t) => {
      const file = fileURLToPath(new URL(`ci/${name}.yaml`, chartFolder));
      const namespace = await createNamespace(t);
      if (/redis|everything/.test(name)) await startRedis(namespace);
      await namespace.helm('install', testsOf(name), '--values', file);
      assert.match(await namespace.test(), /^ok +stream /m);
      await namespace.uninstall();
      await namespace.deleteClaims();

      await namespace.helm('install', {});
      await upgradeTo(namespace, name, file);
      assert.match(await namespace.test(), /^ok +stream /m);
      await namespace.uninstall();
    });
  }
});
