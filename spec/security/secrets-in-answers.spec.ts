/**
 * What the attacker does: makes the upstream (or whoever answers in its place) repeat what it was sent or knows: the access
 * token, the refresh token, the account's id and address, in error bodies of every form, in codes and parameters, in
 * headers and in events of a stream; and reads all that the server gives out.
 * What must hold: none of it, no stack and no path of a file is in an answer, a header, a metric or a log line; nor is what
 * the client wrote in a log line.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, type Harness, type UpstreamEvent } from '../support/index.ts';

const key = 'client-key-in-plain-text';
const prompt = 'Words that nobody else may read';
const body = (stream: boolean) =>
  JSON.stringify({ model: 'gpt-5.5', stream, messages: [{ role: 'user', content: prompt }] });

function secretsOf({ upstream }: Harness): string[] {
  const { tokens, accountId, email } = upstream.account;
  return [
    tokens.accessToken,
    tokens.idToken,
    accountId,
    email,
    'rt_5f1c8e20b7a94d63',
    'abcdef12-3456-4abc-8def-1234567890ab',
    'sk-proj-9f8e7d6c5b4a3210',
    'user-8Zq1mN3kV7',
  ];
}

const errorBodies = (secret: string): (object | string)[] => [
  { detail: `Not for ${secret}.` },
  { detail: { code: secret, message: secret } },
  { detail: [{ loc: ['body', secret], msg: secret, type: secret }] },
  { detail: `Unsupported parameter: ${secret}` },
  { detail: `The '${secret}' model is not supported` },
  { error: { message: `Bearer ${secret}`, code: secret, type: secret, param: secret } },
  { error: { message: secret, code: 'usage_limit_reached', type: 'usage_limit_reached', plan_type: secret } },
  { error: { message: secret, code: 'invalid_prompt', param: secret } },
  { error: secret },
  { message: secret, code: secret },
  `Plain text with ${secret}`,
  `<html><body>${secret}</body></html>`,
];

const events = (secret: string): UpstreamEvent[] => [
  { type: 'response.failed', response: { error: { code: secret, message: secret } } },
  { type: 'error', code: secret, message: secret, param: secret },
  { type: 'error', error: { type: secret, code: 'invalid_prompt', message: secret, param: secret } },
  { type: 'response.output_text.delta', delta: { [secret]: secret } },
  { type: secret },
];

async function ask(h: Harness, stream: boolean): Promise<string> {
  const answer = await h.fetch('/v1/chat/completions', { method: 'POST', body: body(stream) });
  return JSON.stringify([...answer.headers]) + (await answer.text());
}

test('nothing that the upstream repeats comes out', async (t) => {
  const h = await createHarness(t, { apiKey: key, config: { verbose: true } });
  const given: string[] = [];
  const secrets = secretsOf(h);
  for (const secret of secrets) {
    const headers = { 'x-echo': secret, 'set-cookie': secret, 'x-request-id': secret, 'retry-after': secret };
    for (const error of errorBodies(secret)) {
      for (const status of [400, 403, 404, 429, 500, 503]) {
        h.upstream.refuse(status, error, headers);
        given.push(await ask(h, false));
      }
    }
    for (const event of events(secret)) {
      h.upstream.reply([event], { headers }).reply([event], { headers });
      given.push(await ask(h, true), await ask(h, false));
    }
  }
  given.push(await (await h.fetch('/metrics')).text(), await (await h.fetch('/ready')).text());
  await h.close();

  const everything = { answers: given.join('\n'), logs: JSON.stringify(h.logs) };
  assert.ok(h.logs.length > 300);
  for (const [where, text] of Object.entries(everything)) {
    // The payload of a token says as much as the token.
    for (const secret of [...secrets, secrets[0]!.split('.')[1]!, key, prompt]) {
      const at = text.indexOf(secret);
      assert.equal(at, -1, `${where}: …${text.slice(Math.max(0, at - 300), at + 100)}…`);
    }
  }
  assert.doesNotMatch(everything.answers, /\bat .*\.[jt]s:\d|node_modules|file:\/\//);
});

test('nothing of the client but what belongs there is sent upstream', async (t) => {
  const h = await createHarness(t, { apiKey: key });
  const response = await h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: {
      cookie: 'session=1',
      'x-forwarded-for': '203.0.113.9',
      'x-custom': 'my-client',
      'user-agent': 'my-client/1',
      'openai-organization': 'org-1',
      'chatgpt-account-id': 'another',
      'x-request-id': 'from-my-client',
      'x-api-key': key,
    },
    body: JSON.stringify({
      model: 'gpt-5.5',
      prompt_cache_key: 'key\r\nx-injected: 1',
      user: 'a\r\nb',
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  assert.equal(response.status, 200);
  const { headers } = h.upstream.last;
  const sent = JSON.stringify(headers);
  assert.doesNotMatch(sent, /session=1|203\.0\.113\.9|my-client|org-1|another|injected/);
  assert.equal(headers['chatgpt-account-id'], h.upstream.account.accountId);
  assert.match(headers.authorization ?? '', /^Bearer eyJ/);
});

test('an image address is passed on as text: the server asks no address that a client names', async (t) => {
  const h = await createHarness(t);
  const before = h.upstream.otherRequests.length;
  // The fake's own address: it would see a request.
  const url = `${h.upstream.authUrl}/internal/image.png`;
  for (const address of [url, 'file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/']) {
    const response = await h.fetch('/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({
        model: 'gpt-5.5',
        max_tokens: 1,
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: address } }] }],
      }),
    });
    assert.ok(!/root:/.test(await response.text()));
  }
  assert.ok(h.upstream.requests.some(({ body }) => JSON.stringify(body).includes(url)));
  assert.ok(h.upstream.otherRequests.slice(before).every(({ path }) => !path.includes('image.png')));
});
