/** What plugins remember of clients, in memory and a file. Over the plugin contract: spec/chain/plugin-contract.spec.ts. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createPluginStates } from '../../lib/storage/plugin-state.ts';

async function open(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'plugin-state-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.json');
  return () => createPluginStates({ path, maxEntries: 10, maxBytes: 100, log: { warn() {} } });
}

test('one client’s entries push out its own oldest ones, and nobody else’s', async (t) => {
  const reopen = await open(t);
  const states = reopen();
  await states.set('quiet', 'a,"b', 1);
  for (let count = 0; count < 50; count += 1) {
    await states.set('busy', `n${count}`, count);
    await states.within('other').set('busy', 'x', count);
  }
  const check = async ({ get, within }: typeof states) => {
    assert.equal(await get('quiet', 'a,"b'), 1);
    assert.equal(await within('other').get('busy', 'x'), 49);
    assert.equal(await get('busy', 'n41'), undefined);
    assert.equal(await get('busy', 'n42'), 42);
  };
  await check(states);
  await states.close();
  await check(reopen());
});

test('of clients with one entry each, those not used for longest go', async (t) => {
  const states = (await open(t))();
  for (let count = 0; count < 12; count += 1) {
    await states.set(`client${count}`, 'n', count);
    assert.equal(await states.get('client0', 'n'), 0);
  }
  assert.equal(await states.get('client1', 'n'), undefined);
  assert.equal(await states.get('client11', 'n'), 11);
});
