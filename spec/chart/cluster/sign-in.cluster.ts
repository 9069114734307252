/** The sign-in of a secret on a real volume: kept, renewed, and never put back to an older one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askWhole, createNamespace, createUpstream, signInOf, statusOf } from './operator.ts';

const restart = ['rollout', 'restart', 'statefulset/opencompat'];
const seedLog = ['logs', 'opencompat-0', '--container', 'seed-credentials'];

test('a sign-in outlives upgrade, uninstallation and new installation, and the newest one counts', async (t) => {
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  await namespace.apply(signInOf(upstream));
  await namespace.helm('install', values);
  assert.match(await namespace.kubectl(seedLog), /Took over the sign-in to ChatGPT/);
  assert.equal(await statusOf(await namespace.url()), 200);
  // From here on the tokens of the secret are spent.
  upstream.expireTokens();
  assert.equal(await statusOf(await namespace.url()), 200);
  assert.equal(upstream.account.refreshes, 1);

  await namespace.helm('upgrade', { ...values, podAnnotations: { upgraded: 'yes' } });
  assert.match(await namespace.kubectl(seedLog), /is the one seen before/);
  assert.equal(await statusOf(await namespace.url()), 200);

  assert.match(
    await namespace.kubectl(['exec', 'opencompat-0', '--', 'opencompat', 'data']),
    /^-rw------- {2}65532:65532 .* auth\.json$/m,
  );

  await namespace.uninstall();
  await namespace.helm('install', values);
  assert.match(await namespace.kubectl(seedLog), /is the one seen before/);
  assert.equal(await statusOf(await namespace.url()), 200);
  assert.equal(upstream.account.refreshes, 1);
});

test('a sign-in that has died is replaced by a secret made anew and a restart', async (t) => {
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  // Somebody else signed in since: neither token of the secret is worth anything.
  const dead = signInOf(upstream);
  const { refreshToken } = upstream.account.tokens;
  dead.stringData['auth.json'] = dead.stringData['auth.json'].replace(refreshToken, 'rt_dead');
  upstream.expireTokens();
  await namespace.apply(dead);
  // As strict as it gets: one after the other, and out of service at the first no.
  const readinessProbe = { failureThreshold: 1, periodSeconds: 1 };
  await namespace.helm('install', { ...values, podManagementPolicy: 'OrderedReady', readinessProbe });
  const url = await namespace.url();
  const refused = await askWhole(url);
  assert.equal(refused.status, 401);
  assert.match(refused.body.error.message, /opencompat login/);

  await namespace.apply(signInOf(upstream));
  await namespace.kubectl(restart);
  await namespace.rolledOut();
  assert.match(await namespace.kubectl(seedLog), /Took over the sign-in to ChatGPT/);
  assert.equal(await statusOf(url), 200);
});

test('a Pod that never became ready is replaced by one that can', async (t) => {
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  // Its secret cannot be read as a sign-in: the init container fails, again and again.
  const broken = { ...signInOf(upstream), stringData: { 'auth.json': '{"half":' } };
  await namespace.apply(broken);
  assert.equal((await namespace.tryHelm('install', values)).status, 0);
  await namespace.kubectl([
    'wait',
    '--for=jsonpath={.status.initContainerStatuses[0].restartCount}=1',
    'pod/opencompat-0',
  ]);

  await namespace.apply(signInOf(upstream));
  await namespace.kubectl(restart);
  await namespace.rolledOut();
  assert.equal(await statusOf(await namespace.url()), 200);
});
