/** What a running server leaves for its operator's commands. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createKeyCheck } from '../../lib/key-check.ts';
import { createOperatorKey, findServers, leaveAddress } from '../../lib/server/operator.ts';
import { createRecordingLog } from '../support/recording-log.ts';

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-data-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the address and the key are for the server’s user alone, and gone when it has stopped', async (t) => {
  const dataDir = createFolder(t);
  const address = { url: 'http://127.0.0.1:8080', key: createOperatorKey() };
  const takeAway = await leaveAddress(dataDir, address, createRecordingLog());
  const [file = ''] = readdirSync(join(dataDir, 'servers'));
  assert.equal(statSync(join(dataDir, 'servers', file)).mode & 0o777, 0o600);
  assert.equal(statSync(join(dataDir, 'servers')).mode & 0o777, 0o700);
  assert.deepEqual(findServers(dataDir), [address]);
  await takeAway();
  assert.deepEqual(findServers(dataDir), []);
});

test('those of servers that were killed, of other machines, and broken ones are passed over', async (t) => {
  const dataDir = createFolder(t);
  await leaveAddress(dataDir, { url: 'http://127.0.0.1:8080', key: 'k' }, createRecordingLog());
  const folder = join(dataDir, 'servers');
  const [file = ''] = readdirSync(folder);
  const text = readFileSync(join(folder, file), 'utf8');
  writeFileSync(join(folder, file.replace('8080', '8081')), JSON.stringify({ ...JSON.parse(text), pid: 2 ** 30 }));
  writeFileSync(join(folder, `another.host_8082.json`), text);
  writeFileSync(join(folder, file.replace('8080', '8083')), '{');
  assert.equal(findServers(dataDir).length, 1);
});

test('only the key of this run opens what is the operator’s', () => {
  const key = createOperatorKey();
  const isOperator = createKeyCheck(key);
  assert.deepEqual([key, createOperatorKey(), '', undefined, `${key}x`].map(isOperator), [
    true,
    false,
    false,
    false,
    false,
  ]);
  assert.equal(createKeyCheck(undefined)(''), false, 'and nothing does where there is none');
});
