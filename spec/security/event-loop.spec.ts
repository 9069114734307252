/**
 * What the attacker does: sends one request as costly as it may be, so that everybody else waits for it.
 * What must hold: what is more than can be read and translated within some 100 ms is refused before it is parsed, and no
 * turn of the event loop takes much longer. The bound below is far above that, and far below the seconds that such requests
 * cost where nothing bounds them.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { usualMaxValues } from '../../lib/bounded-json.ts';
import { countInputTokens } from '../../lib/canonical/tokens.ts';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { chatBodies, list, messagesBodies, ollamaBodies, responsesBodies } from '../support/hostile-bodies.ts';
import { createHarness, type Harness } from '../support/index.ts';

/** Of processor time, the client's and the fake upstream's too: another process that has the machine does not count. */
const maxTurnMs = 1000;

/** Measures the processor time of the longest turn of the event loop until it is called. */
function watchTurns(): () => number {
  let longestMs = 0;
  let before = process.cpuUsage();
  let timer = setTimeout(turn);
  function turn() {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1000);
    timer = setTimeout(turn);
  }
  return () => {
    clearTimeout(timer);
    turn();
    clearTimeout(timer);
    return longestMs;
  };
}

/** @returns the status, once no turn has been too long */
async function post(h: Harness, path: string, body: string, label: string): Promise<number> {
  const bytes = Buffer.from(body);
  const stop = watchTurns();
  const answer = await h.fetch(path, { method: 'POST', body: bytes });
  await answer.arrayBuffer();
  const turnMs = stop();
  assert.ok(turnMs < maxTurnMs, `${label}: ${turnMs} ms`);
  return answer.status;
}

/** Objects, lists, keys and texts, and the commas between them, as `maxBodyValues` counts. */
function countValues(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  const inner = Object.values(value);
  return inner.reduce<number>((sum, item) => sum + countValues(item), 1 + keys + inner.length / 4);
}

const shapes: [path: string, model: string, bodies: Record<string, (times: number) => object>][] = [
  ['/v1/chat/completions', 'gpt-5.5', chatBodies],
  ['/v1/chat/completions', 'copilot/gpt-4o', chatBodies],
  ['/v1/responses', 'gpt-5.5', responsesBodies],
  ['/v1/messages', 'gpt-5.5', messagesBodies],
  ['/api/chat', 'gpt-5.5', ollamaBodies],
];

for (const [path, model, bodies] of shapes) {
  test(`${path}, ${model}: nearly as many values as are taken`, async (t) => {
    const h = await createHarness(t, { copilot: true });
    for (const [shape, make] of Object.entries(bodies)) {
      const times = Math.floor((usualMaxValues * 0.97 * 1000) / countValues(make(1000)));
      const body = JSON.stringify({ model, max_tokens: 100, stream: false, ...make(times) });
      assert.notEqual(await post(h, path, body, shape), 413, shape);
    }
  });
}

const megabytes = 10_000_000;
const structures: Record<string, [text: string, status: number]> = {
  'empty lists': [`[${'[],'.repeat(megabytes / 4)}[]]`, 413],
  'empty objects': [`{${list(600_000, (index) => `"${index}":{}`).join()}}`, 413],
  'keys that are numbers': [`{${list(500_000, (index) => `"${(index * 8191) % 4294967291}":1`).join()}}`, 413],
  'the same key': [`{"model":"x",${'"a":1,'.repeat(megabytes / 7)}"a":1}`, 413],
  numbers: [`{"model":"gpt-5.5","messages":[${'1,'.repeat(megabytes / 3)}1]}`, 413],
  'a deep list': ['['.repeat(megabytes / 2) + ']'.repeat(megabytes / 2), 400],
  'a deep object': ['{"a":'.repeat(megabytes / 6), 400],
  'a number of megabytes': [`{"model":"x","a":${'9'.repeat(megabytes)}}`, 400],
  'a text of quotes': [`{"model":"x","messages":"${'\\"'.repeat(megabytes / 3)}"}`, 400],
  'a text of backslashes': [`{"model":"x","messages":"${'\\'.repeat(megabytes)}"}`, 400],
};

test('what is costly to parse is refused before, in every client API', async (t) => {
  const h = await createHarness(t);
  const paths = ['/v1/chat/completions', '/v1/responses', '/v1/messages', '/api/chat'];
  for (const [index, [name, [text, status]]] of Object.entries(structures).entries()) {
    const got = await post(h, paths[index % paths.length]!, text, name);
    assert.ok(status === got || (status === 400 && got === 404), `${name}: ${got}`);
  }
  for (const path of paths) assert.equal(await post(h, path, structures['empty lists']![0], path), 413, path);
  assert.equal(h.upstream.requests.length, 0);
});

test('too many values: the error names the limit, which the configuration sets', async (t) => {
  const h = await createHarness(t, { config: { maxBodyValues: 1000 } });
  const ask = (times: number) => {
    const messages = list(times, () => ({ role: 'user', content: 'x' }));
    return h.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', messages }) });
  };
  assert.equal((await ask(150)).status, 200);
  const answer = await ask(250);
  assert.equal(answer.status, 413);
  const { error } = (await answer.json()) as { error: { message: string; code: string } };
  assert.equal(error.code, 'request_too_large');
  assert.match(error.message, /more than 1000 .*`maxBodyValues`/);
});

test('a message on a WebSocket is refused before it is parsed', async (t) => {
  const h = await createHarness(t);
  const socket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  t.after(() => socket.terminate());
  await once(socket, 'open');
  for (const [text, status] of [structures['empty lists']!, structures['a deep object']!]) {
    const stop = watchTurns();
    socket.send(text);
    const [data] = await once(socket, 'message');
    assert.ok(stop() < maxTurnMs);
    assert.equal((JSON.parse(String(data)) as { status: number }).status, status);
  }
});

test('arguments of a call are parsed where an upstream wants objects: only so many values, only so deep', async (t) => {
  const h = await createHarness(t, { copilot: true });
  const ask = (args: string) => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: args } };
    const output = { role: 'tool', tool_call_id: 'a', content: 'x' };
    const messages = [{ role: 'user', content: 'x' }, { role: 'assistant', tool_calls: [call] }, output];
    return post(h, '/v1/chat/completions', JSON.stringify({ model: 'copilot/claude-haiku-5', messages }), 'arguments');
  };
  assert.equal(await ask('{"a":[[1],[2]]}'), 200);
  assert.match(h.copilot.requests.at(-1)!.path, /\/v1\/messages$/);
  assert.equal(await ask(`{"a":[${'[],'.repeat(megabytes / 4)}[]]}`), 400);
  assert.equal(await ask(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 400);
});

test('so is the input of a call that a client sends as a text', async (t) => {
  const h = await createHarness(t);
  const ask = (...inputs: string[]) => {
    const uses = inputs.map((input, index) => ({ type: 'tool_use', id: `a${index}`, name: 'f', input }));
    const results = uses.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'x' }));
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: uses },
      { role: 'user', content: results },
    ];
    return post(h, '/v1/messages', JSON.stringify({ model: 'gpt-5.5', max_tokens: 9, messages }), 'input');
  };
  assert.equal(await ask('{"a":[[1],[2]]}', 'no JSON'), 200);
  const many = `{"a":[${'[],'.repeat(usualMaxValues / 2)}[]]}`;
  assert.equal(await ask(many), 200);
  assert.equal(await ask(many, many), 400);
  assert.equal(await ask(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 400);
});

test('what a plugin reads of a request’s calls is bounded too', async (t) => {
  const plugin = defineMiddleware({
    name: 'reader',
    after: ['validate'],
    create: () => (req, _res, next) => {
      assert.ok(req.exchange.texts().length > 0);
      next();
    },
  });
  const h = await createHarness(t, { plugins: [plugin] });
  const ask = (args: string) => {
    const input = [
      { type: 'function_call', call_id: 'a', name: 'f', arguments: args },
      { type: 'function_call_output', call_id: 'a', output: 'x' },
    ];
    return post(h, '/v1/responses', JSON.stringify({ model: 'gpt-5.5', input }), 'arguments');
  };
  assert.equal(await ask('{"a":[[1],[2]]}'), 200);
  assert.equal(await ask(`{"a":[${'[],'.repeat(megabytes / 4)}[]]}`), 400);
  assert.equal(await ask(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 400);
});

test('tokens of a long text are counted in turns, between which others are served', async () => {
  const rare = list(65_536, (index) => String.fromCharCode(0x4e00 + ((index * 7919) % 20_000))).join('');
  for (const content of [rare, 'a'.repeat(262_144), ' '.repeat(262_144), '!?'.repeat(131_072)]) {
    const stop = watchTurns();
    assert.ok((await countInputTokens({ model: 'm', stream: true, input: [{ role: 'user', content }] })) > 1000);
    const turnMs = stop();
    assert.ok(turnMs < maxTurnMs, `${content.slice(0, 2)}: ${turnMs} ms`);
  }
});
