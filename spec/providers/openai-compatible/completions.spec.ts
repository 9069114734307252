/** Completions clients: passed on where the server has that API, translated where it has not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createBoxHarness } from '../../support/box-harness.ts';
import { fakeChatText } from '../../support/fake-openai-server.ts';
import { createHarness } from '../../support/index.ts';

const ask = { prompt: 'def f(', suffix: 'return 1', model: 'box/coder', max_tokens: 5, echo: false };

async function startServer(t: TestContext, answer: (stream: boolean) => string) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (req, res) => {
    if (req.url === '/v1/models') {
      res.end(JSON.stringify({ data: [{ id: 'coder' }] }));
      return;
    }
    let text = '';
    for await (const part of req) text += part;
    const body = JSON.parse(text);
    bodies.push({ path: req.url, ...body });
    res.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' });
    res.end(answer(body.stream === true));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const h = await createHarness(t, { isSignedIn: false, providers: { box: { type: 'openai-compatible', baseURL } } });
  return { h, bodies };
}

const whole = { id: 'cmpl-1', object: 'text_completion', choices: [{ index: 0, text: 'x):', finish_reason: 'stop' }] };
const chunks = [whole, '[DONE]'].map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`);

test('a server with the Completions API gets the client’s own body, and its answer comes back as it is', async (t) => {
  const { h, bodies } = await startServer(t, (stream) => (stream ? chunks.join('') : JSON.stringify(whole)));
  const post = (body: object) => h.fetch('/v1/completions', { method: 'POST', body: JSON.stringify(body) });
  assert.deepEqual(await (await post(ask)).json(), whole);
  assert.deepEqual(bodies, [{ ...ask, path: '/v1/completions', model: 'coder' }]);
  assert.equal(await (await post({ ...ask, stream: true })).text(), chunks.join(''));
});

test('a stream instead of JSON is added up', async (t) => {
  const { h } = await startServer(t, () => chunks.join(''));
  const answer = await h.fetch('/v1/completions', { method: 'POST', body: JSON.stringify({ ...ask, stream: true }) });
  assert.match(await answer.text(), /x\):/);
});

test('a server without it is asked to chat, from then on at once', async (t) => {
  const h = await createBoxHarness(t);
  const post = () =>
    h.fetch('/v1/completions', { method: 'POST', body: JSON.stringify({ model: 'fake-model', prompt: 'Once' }) });
  for (let round = 0; round < 2; round += 1) {
    const answer = await post();
    const { choices } = (await answer.json()) as { choices: { text: string }[] };
    assert.equal(choices[0]!.text, fakeChatText);
  }
  assert.equal(h.box.otherRequests.filter(({ path }) => path === '/v1/completions').length, 1);
  assert.equal(h.box.requests.length, 2);
});

test('a server without it is asked to chat for each of several prompts', async (t) => {
  const h = await createBoxHarness(t);
  const answer = await h.fetch('/v1/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'fake-model', prompt: ['Once', 'Twice'], n: 2 }),
  });
  const { choices } = (await answer.json()) as { choices: { text: string; index: number }[] };
  assert.deepEqual(
    choices.map(({ index, text }) => [index, text]),
    [0, 1, 2, 3].map((index) => [index, fakeChatText]),
  );
  assert.equal(h.box.requests.length, 4);
});
