/** From the chart as it was before its last change to the chart as it is, with what an operator has on its volume. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNamespace, createUpstream, signInOf, statusOf } from './operator.ts';

/** Where `.ci/check-cluster` has put it. */
const previousChart = process.env.PREVIOUS_CHART;

test('an upgrade from the chart before keeps serving, with the sign-in that it had', async (t) => {
  assert.ok(previousChart, 'PREVIOUS_CHART names no folder');
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  await namespace.apply(signInOf(upstream));
  await namespace.helm('install', values, previousChart);
  upstream.expireTokens();
  assert.equal(await statusOf(await namespace.url()), 200);

  await namespace.helm('upgrade', values);
  assert.equal(await statusOf(await namespace.url()), 200);
  assert.equal(upstream.account.refreshes, 1);
  assert.match(await namespace.test(), /^ok +stream /m);
});
