/** What `/metrics` shows of requests, sign-ins and the server itself, and who may see it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBoxHarness, hello, post, startFake } from '../support/box-harness.ts';
import { scriptChunks } from '../support/fake-openai-server.ts';
import { createHarness, type Harness } from '../support/harness.ts';

const token = 'a-token-of-prometheus';
const root = join(import.meta.dirname, '../..');

async function scrape(h: Harness, headers: Record<string, string> = {}): Promise<string> {
  const answer = await h.fetch('/metrics', { headers });
  assert.equal(answer.status, 200);
  return answer.text();
}

/** The value of one series; `labels` in the order of the metric. */
function numberOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Scrapes until a series has the value: what is counted at the end of a request may come after its answer. */
async function seen(h: Harness, series: string, value: number, headers: Record<string, string> = {}): Promise<void> {
  for (;;) {
    if (numberOf(await scrape(h, headers), series) === value) return;
    await sleep(10);
  }
}

test('times by API, provider and model, tokens by model and by client key', async (t) => {
  const h = await createHarness(t, { apiKey: 'a-client-key' });
  await (await post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello, stream: true })).text();
  await (await post(h, '/v1/messages', { model: 'gpt-5.5', messages: hello, max_tokens: 50 })).text();
  await seen(h, 'opencompat_requests_total{api="messages",provider="chatgpt",outcome="ok",status="200"}', 1);
  const text = await scrape(h);
  const labels = 'api="chat-completions",provider="chatgpt",model="gpt-5.5"';
  assert.equal(numberOf(text, `opencompat_request_duration_seconds_count{${labels}}`), 1);
  assert.equal(numberOf(text, `opencompat_time_to_first_token_seconds_count{${labels}}`), 1);
  // A whole answer has no first token.
  assert.doesNotMatch(text, /opencompat_time_to_first_token_seconds_count\{api="messages"/);
  const byModel = numberOf(text, 'opencompat_tokens_total{provider="chatgpt",model="gpt-5.5",direction="input"}');
  assert.ok(byModel! > 0);
  const client = /opencompat_client_tokens_total\{client="([^"]+)",direction="input"\} (\d+)/.exec(text)!;
  assert.deepEqual([client[1], Number(client[2])], ['key-1', byModel]);
  assert.doesNotMatch(text, /a-client-key/);
});

test('names that only clients say become no labels, however many there are', async (t) => {
  const h = await createHarness(t);
  const ask = async (model: string) =>
    (await post(h, '/v1/responses', { model: `chatgpt/${model}`, input: 'Hello', stream: true })).text();
  for (let number = 0; number < 3; number += 1) {
    h.upstream.refuse(400, { detail: 'The model is not supported.' });
    await ask(`gpt-made-up-${number}`);
  }
  await seen(h, 'opencompat_request_duration_seconds_count{api="responses",provider="chatgpt",model="other"}', 3);
  assert.doesNotMatch(await scrape(h), /made-up/);
});

test('failures of upstreams by cause, and the turns to another model that they made', async (t) => {
  const spare = await startFake(t);
  const h = await createBoxHarness(t, {
    providers: { spare: { type: 'openai-compatible', baseURL: spare.url } },
    config: { aliases: { both: ['box/fake-model', 'spare/fake-small'] }, rateLimit: 3 },
  });
  const ask = async (model: string) =>
    (await post(h, '/v1/chat/completions', { model, messages: hello, stream: true })).text().catch(() => {});
  h.box.refuse(429, { error: { message: 'Too many requests' } }, { 'retry-after': '60' });
  await ask('both');
  spare.reply(scriptChunks('Hello'), { cutAfterBytes: 400 });
  await ask('spare/fake-small');
  await ask('both');
  await ask('both');
  const text = await h.fetch('/metrics').then((answer) => answer.text());
  // The limit is of all requests: `/metrics` itself meets it.
  assert.match(text, /rate_limit_exceeded/);
  await h.reload({ rateLimit: 0 });
  await seen(h, 'opencompat_limit_refusals_total{error="OC_RATE_LIMITED",client=""}', 2);
  const after = await scrape(h);
  const refused = 'opencompat_upstream_errors_total{provider="box",error="OC_UPSTREAM_RATE_LIMITED",status="429"}';
  const cut = 'opencompat_upstream_errors_total{provider="spare",error="OC_UPSTREAM_STREAM_CLOSED",status=""}';
  assert.deepEqual([numberOf(after, refused), numberOf(after, cut)], [1, 1]);
  const turns = after.match(/^opencompat_fallbacks_total\{.*$/gm);
  assert.deepEqual(turns, ['opencompat_fallbacks_total{provider="box",error="OC_UPSTREAM_RATE_LIMITED"} 1']);
});

test('requests that run and streams that are open, while they are', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(new URL('../fixtures/responses/text-hello.sse', import.meta.url), { pauseAfterBytes: 2_000 });
  const answer = await post(h, '/v1/responses', { model: 'gpt-5.5', input: 'Hello', stream: true });
  const during = await scrape(h);
  assert.equal(numberOf(during, 'opencompat_requests_running{api="responses"}'), 1);
  assert.equal(numberOf(during, 'opencompat_streams_open{api="responses"}'), 1);
  h.upstream.last.resume();
  await answer.text();
  while (/opencompat_(requests_running|streams_open)\{/.test(await scrape(h))) await sleep(10);
});

test('the age of a sign-in, its refreshes, the quota, the versions and the process', async (t) => {
  const startS = Math.floor(Date.now() / 1000) - 1;
  const h = await createHarness(t, { config: { usageStore: 'file' } });
  const before = await scrape(h);
  const renewed = 'opencompat_sign_in_renewed_timestamp_seconds{provider="chatgpt"}';
  assert.ok(numberOf(before, renewed)! >= startS);
  assert.match(before, /^# TYPE opencompat_sign_in_refreshes_total counter$/m);
  h.upstream.expireTokens();
  h.upstream.rateLimits = { primary: { used_percent: 12, window_minutes: 300, reset_at: startS + 3_600 } };
  await (await post(h, '/v1/responses', { model: 'gpt-5.5', input: 'Hello', stream: true })).text();
  await seen(h, 'opencompat_sign_in_refreshes_total{provider="chatgpt",outcome="ok"}', 1);
  h.upstream.account.signOut();
  await (await post(h, '/v1/responses', { model: 'gpt-5.5', input: 'Hello', stream: true })).text();
  await seen(h, 'opencompat_sign_in_refreshes_total{provider="chatgpt",outcome="failed"}', 1);
  const text = await scrape(h);
  assert.match(text, /^opencompat_build_info\{version="\d[^"]*",node="\d[^"]*"\} 1$/m);
  assert.match(text, /^opencompat_quota_used_ratio\{provider="chatgpt",window="5 hours"\} 0\.12$/m);
  assert.match(text, /^opencompat_ledger_bytes \d+$/m);
  assert.match(text, /^opencompat_config_waiting_keys 0$/m);
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
    assert.match(text, new RegExp(`^${name} \\S+$`, 'm'));
  }
});

test('a token of its own opens the metrics alone, and client keys then do not', async (t) => {
  const h = await createHarness(t, { apiKey: 'a-client-key', config: { metricsToken: token } });
  const statusOf = async (path: string, authorization: string) =>
    (await h.fetch(path, { headers: { authorization } })).status;
  assert.equal(await statusOf('/metrics', `Bearer ${token}`), 200);
  assert.equal(await statusOf('/v1/models', `Bearer ${token}`), 401);
  const refused = await h.fetch('/metrics');
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.match(await refused.text(), /OPENCOMPAT_METRICS_TOKEN/);
  assert.equal(await statusOf('/metrics', 'Bearer nonsense'), 401);
  await h.reload({ metricsToken: undefined });
  assert.equal(await statusOf('/metrics', 'Bearer a-client-key'), 200);
  assert.doesNotMatch(JSON.stringify(h.logs), new RegExp(token));
});

test('what the chart’s alerts and panels ask for is there in a fresh server’s first scrape', async (t) => {
  const h = await createHarness(t, { config: { usageStore: 'file' } });
  const text = await scrape(h);
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
  );
  for (const file of ['chart/templates/monitoring.yaml', 'chart/files/dashboard.json']) {
    const used = new Set((await readFile(join(root, file), 'utf8')).match(/\b(opencompat|process|nodejs)_\w+/g));
    assert.ok(used.size > 5, file);
    for (const name of used) assert.ok(names.includes(name), `${name} in ${file}`);
  }
});
