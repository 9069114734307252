/** The operator has a running server record for some time. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { writeHash } from '../../lib/config/key-hash.ts';
import { leaveAddress } from '../../lib/server/operator.ts';
import { runCommand } from '../support/commands.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { processEnv } from '../support/process-env.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const operatorKey = 'the-operator-key';
const operator = { authorization: `Bearer ${operatorKey}` };

function record(h: Harness, query: string, method = 'POST', headers: Record<string, string> = operator) {
  return fetch(`${h.url}/-/record${query}`, { method, headers });
}

async function ask(h: Harness, key?: string): Promise<void> {
  const answer = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
}

async function countCaptures(h: Harness): Promise<number> {
  await h.server.close();
  return (await readdir(join(h.dataDir, 'captures')).catch(() => [])).length;
}

test('for its time, and until it is stopped; the log has both', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const h = await createHarness(t, { operatorKey });
  const answer = await record(h, '?seconds=600');
  assert.deepEqual(await answer.json(), { mode: 'all', untilMs: Date.now() + 600_000 });
  await ask(h);
  t.mock.timers.tick(600_000);
  await ask(h);
  await record(h, '?seconds=600');
  await ask(h);
  assert.deepEqual(await (await record(h, '', 'DELETE')).json(), { mode: 'off' });
  await ask(h);
  assert.equal(await countCaptures(h), 2);
  const told = h.logs.filter(({ message }) => /record/.test(message)).map(({ message, reason }) => [message, reason]);
  assert.deepEqual(told, [
    ['requests are recorded', undefined],
    ['the recording of requests has ended', 'its time is over'],
    ['requests are recorded', undefined],
    ['the recording of requests has ended', 'the operator has stopped it'],
  ]);
});

test('of one client key alone, and only what fails', async (t) => {
  const clientKeys = ['laptop', 'phone'].map((name) => ({ name, hash: writeHash(`key-of-${name}`) }));
  const h = await createHarness(t, { operatorKey, config: { clientKeys } });
  await record(h, '?seconds=60&key=laptop&mode=errors');
  await ask(h, 'key-of-laptop');
  for (const name of ['laptop', 'phone']) {
    h.upstream.refuse(400, { error: { message: 'No such thing', type: 'invalid_request_error' } });
    await ask(h, `key-of-${name}`);
  }
  assert.equal(await countCaptures(h), 1);
});

test('nobody else may, and what makes no sense is refused', async (t) => {
  const h = await createHarness(t, { operatorKey });
  assert.equal((await record(h, '?seconds=60', 'POST', {})).status, 403);
  assert.equal((await record(h, '', 'DELETE', { authorization: 'Bearer guess' })).status, 403);
  for (const query of ['', '?seconds=0', '?seconds=86401', '?seconds=x', '?seconds=9&mode=off', '?seconds=9&key=none'])
    assert.equal((await record(h, query)).status, 400, query);
  await ask(h);
  assert.equal(await countCaptures(h), 0);
});

test('by its command', async (t) => {
  const h = await createHarness(t, { operatorKey });
  const takeAway = await leaveAddress(h.dataDir, { url: h.url, key: operatorKey }, createRecordingLog());
  const env = { ...processEnv, HOME: dirname(h.dataDir), XDG_DATA_HOME: dirname(h.dataDir) };
  const run = (...args: string[]) => runCommand(['record', ...args], { env });
  const started = await run('--for', '10m', '--errors');
  assert.equal(started.status, 0, started.err);
  assert.match(started.out, /^Requests that fail are recorded until \S+/);
  await ask(h);
  const doctor = ['doctor', '--json', '--config', h.configFile, '--url', h.url];
  const { findings } = JSON.parse((await runCommand(doctor, { env })).out) as { findings: Record<string, string>[] };
  const told = findings.filter(({ name }) => name === 'captures').map(({ verdict, text }) => `${verdict}: ${text}`);
  assert.match(told[0] ?? '', /^note: Requests that fail are recorded until \S+/);
  assert.equal(told.length, 1, 'no request has failed');
  const stopped = await run('--stop');
  assert.deepEqual([stopped.status, stopped.out], [0, 'Nothing is recorded.\n']);
  for (const time of ['10', '25h', '0s', 'soon']) assert.equal((await run('--for', time)).status, 2, time);
  assert.match((await run('--key', 'none')).err, /expected the name of a client key/);
  await takeAway();
  assert.equal((await run()).status, 1);
});

test('what captures take on the disk is told by `doctor` and `info`', async (t) => {
  const h = await createHarness(t, { config: { record: 'all' } });
  await ask(h);
  assert.equal(await countCaptures(h), 1);
  const env = { ...processEnv, HOME: dirname(h.dataDir), XDG_DATA_HOME: dirname(h.dataDir) };
  const words = /Captures of requests: 1, which take \d+ KiB in \S+captures/;
  assert.match((await runCommand(['info', '--config', h.configFile], { env })).out, words);
  assert.match((await runCommand(['doctor', '--config', h.configFile, '--url', h.url], { env })).out, words);
});
