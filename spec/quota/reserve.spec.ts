/** `providers.<name>.quota`: the server acts before the upstream refuses. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { QuotaRule } from '../../lib/providers/quota-rule.ts';
import { hello, post, startFake } from '../support/box-harness.ts';
import type { FakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';
import { scriptChatCompletion } from '../support/scripted-forms.ts';

const hourS = 3_600;
const nowS = () => Math.floor(Date.now() / 1000);

interface Asked {
  status: number;
  model: string | null;
  headers: Headers;
  body: { error?: { code: string; message: string; type: string } };
}

interface Plan {
  h: Harness;
  spare: FakeOpenAiServer;
  /** What the plan's week says from the next answer on. */
  use(usedPercent: number): void;
  ask(body?: object, path?: string): Promise<Asked>;
}

/** A ChatGPT plan of which a part is kept back, and a server that stands in. */
async function setUp(
  t: TestContext,
  quota: Pick<QuotaRule, 'reserve'> & Partial<QuotaRule>,
  options: HarnessOptions = {},
): Promise<Plan> {
  const spare = await startFake(t);
  const h = await createHarness(t, {
    providers: {
      // The configuration fills in the rest.
      chatgpt: { type: 'chatgpt', quota: quota as QuotaRule },
      spare: { type: 'openai-compatible', baseURL: spare.url },
    },
    ...options,
    config: { aliases: { both: ['gpt-5.5', 'spare/fake-small'] }, ...options.config },
  });
  return {
    h,
    spare,
    use(used_percent) {
      h.upstream.rateLimits = {
        primary: { used_percent: 20, window_minutes: 300, reset_at: nowS() + hourS },
        secondary: { used_percent, window_minutes: 10_080, reset_at: nowS() + 48 * hourS },
      };
    },
    async ask(body = {}, path = '/v1/chat/completions') {
      const answer = await h.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'both', messages: [{ role: 'user', content: 'Hello' }], ...body }),
      });
      const { status, headers } = answer;
      return {
        status,
        model: headers.get('x-opencompat-model'),
        headers,
        body: (await answer.json()) as Asked['body'],
      };
    },
  };
}

test('a window at 93 % leads to the next model of an alias, before anybody has refused anything', async (t) => {
  const { h, spare, use, ask } = await setUp(t, { reserve: '10%' });
  use(93);
  assert.equal((await ask()).model, 'chatgpt/gpt-5.5');
  const next = await ask();
  assert.deepEqual([next.status, next.model], [200, 'spare/fake-small']);
  assert.deepEqual([h.upstream.requests.length, spare.requests.length], [1, 1]);
  const [line, ...others] = h.logs.filter(({ message }) => message === 'another model spares a quota');
  assert.deepEqual(
    [line!.model, line!.spared, line!.window, line!.used_percent, line!.next],
    ['both', 'chatgpt', 'week', 93, 'spare/fake-small'],
  );
  assert.equal(others.length, 0);
});

test('the model of the spared plan still answers when the next one cannot', async (t) => {
  const { h, spare, use, ask } = await setUp(t, { reserve: '10%' });
  use(93);
  await ask();
  spare.refuse(503, { error: { message: 'busy' } });
  const answer = await ask();
  assert.deepEqual([answer.status, answer.model], [200, 'chatgpt/gpt-5.5']);
  assert.equal(h.upstream.requests.length, 2);
});

test('without a next model nothing is refused', async (t) => {
  const { h, use, ask } = await setUp(t, { reserve: '10%' });
  use(93);
  for (const _ of [1, 2]) {
    const answer = await ask({ model: 'gpt-5.5' });
    assert.deepEqual([answer.status, answer.model], [200, 'chatgpt/gpt-5.5']);
  }
  assert.equal(h.upstream.requests.length, 2);
});

test('below the reserve the first model answers', async (t) => {
  const { spare, use, ask } = await setUp(t, { reserve: '10%' });
  use(89.9);
  for (const _ of [1, 2, 3]) assert.equal((await ask()).model, 'chatgpt/gpt-5.5');
  assert.equal(spare.requests.length, 0);
});

test('the plan has more again: the first model answers again', async (t) => {
  const { use, ask } = await setUp(t, { reserve: '10%' });
  use(93);
  await ask();
  use(5);
  // Its own name asks it in any case, and its answer tells.
  assert.equal((await ask({ model: 'gpt-5.5' })).model, 'chatgpt/gpt-5.5');
  assert.equal((await ask()).model, 'chatgpt/gpt-5.5');
});

for (const [what, body, sent, model] of [
  ['the usual effort is lowered', {}, 'low', 'chatgpt/gpt-5.5-low'],
  ['an effort asked for is lowered', { reasoning_effort: 'high' }, 'low', 'chatgpt/gpt-5.5-low'],
  ['an effort of the name is lowered', { model: 'gpt-5.5-high' }, 'low', 'chatgpt/gpt-5.5-low'],
  ['the lowest stays', { reasoning_effort: 'low' }, 'low', 'chatgpt/gpt-5.5'],
] as const) {
  test(`lower-effort: ${what}`, async (t) => {
    const { h, spare, use, ask } = await setUp(t, { reserve: '10%', atReserve: 'lower-effort' });
    use(93);
    const before = await ask(body);
    assert.equal(before.model, 'chatgpt/gpt-5.5');
    const answer = await ask(body);
    assert.deepEqual([answer.status, answer.model], [200, model]);
    assert.equal((h.upstream.last.body as { reasoning: { effort: string } }).reasoning.effort, sent);
    assert.deepEqual([h.upstream.requests.length, spare.requests.length], [2, 0]);
    const told = h.logs.filter(({ message }) => message === 'a lower effort spares a quota');
    assert.equal(told.length, model.endsWith('-low') ? 1 : 0);
  });
}

test('lower-effort: an effort of the configuration that is lower stays', async (t) => {
  const config = { reasoningEffort: 'none' } as const;
  const { h, use, ask } = await setUp(t, { reserve: '10%', atReserve: 'lower-effort' }, { config });
  use(93);
  await ask();
  assert.equal((await ask()).model, 'chatgpt/gpt-5.5');
  const [before, after] = h.upstream.requests.map(({ body }) => (body as { reasoning?: object }).reasoning);
  assert.deepEqual(after, before);
});

test('refuse: the rest is kept back, with the time at which the window is renewed', async (t) => {
  const { h, use, ask } = await setUp(t, { reserve: '10%', atReserve: 'refuse' });
  use(93);
  await ask({ model: 'gpt-5.5' });
  const { status, headers, body } = await ask({ model: 'gpt-5.5' });
  assert.equal(status, 429);
  assert.equal(body.error!.code, 'usage_limit_reached');
  assert.match(
    body.error!.message,
    /93 % of the quota of ChatGPT \(week\) is used.*`providers\.chatgpt\.quota`.*comes back at 20/,
  );
  const waitS = Number(headers.get('retry-after'));
  assert.ok(waitS > 47 * hourS && waitS <= 48 * hourS, String(waitS));
  assert.equal(headers.get('x-should-retry'), 'false');
  assert.equal(h.upstream.requests.length, 1);
});

test('refuse: an alias still has its other models; the error comes in the form of the client’s API', async (t) => {
  const { h, use, ask } = await setUp(t, { reserve: '10%', atReserve: 'refuse' });
  use(93);
  await ask();
  assert.equal((await ask()).model, 'spare/fake-small');
  const message = await ask({ model: 'gpt-5.5', max_tokens: 10 }, '/v1/messages');
  assert.equal(message.status, 429);
  assert.equal((message.body as { type?: string }).type, 'error');
  assert.equal(h.upstream.requests.length, 1);
});

test('what is known outlives a restart', async (t) => {
  const [box, spare] = [await startFake(t), await startFake(t)];
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const start = () =>
    createHarness(t, {
      isSignedIn: false,
      env: { XDG_DATA_HOME: folder },
      providers: {
        box: { type: 'openai-compatible', baseURL: box.url, quota: { reserve: '10%', atReserve: 'next-model' } },
        spare: { type: 'openai-compatible', baseURL: spare.url },
      },
      config: { aliases: { both: ['box/fake-model', 'spare/fake-small'] } },
    });
  const ask = async (h: Harness) => {
    const answer = await post(h, '/v1/chat/completions', { model: 'both', messages: hello });
    await answer.text();
    return answer.headers.get('x-opencompat-model');
  };
  const first = await start();
  box.refuse(200, scriptChatCompletion('Hello', { model: 'fake-model' }), {
    'x-ratelimit-limit-requests-day': '1000',
    'x-ratelimit-remaining-requests-day': '70',
    'x-ratelimit-reset-requests-day': '7200',
  });
  assert.equal(await ask(first), 'box/fake-model');
  await first.server.close();
  const second = await start();
  assert.equal(await ask(second), 'spare/fake-small');
  assert.equal(box.requests.length, 1);
});
