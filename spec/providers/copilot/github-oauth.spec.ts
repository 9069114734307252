import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AuthAnswer, SignInError } from '../../../lib/auth/sign-in-server.ts';
import {
  createGitHubClient,
  interpretDeviceCode,
  interpretDevicePoll,
  interpretTokenExchange,
} from '../../../lib/providers/copilot/github-oauth.ts';
import { signInToGitHub } from '../../../lib/providers/copilot/sign-in.ts';
import { createFakeCopilot, fakeCopilotClientId } from '../../support/fake-copilot.ts';

const answer = (status: number, body: object | string): AuthAnswer => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const open = (githubUrl: string) =>
  createGitHubClient({ githubUrl, githubApiUrl: 'https://api.github.com', copilotClientId: fakeCopilotClientId });

test('tokens go nowhere in the clear', () => {
  assert.throws(() => open('http://github.example'), SignInError);
  assert.equal(open('https://github.com/').server.token_endpoint, 'https://github.com/login/oauth/access_token');
});

test('a device code: what is missing has a value that GitHub’s own answers have', () => {
  const client = open('https://github.com');
  const { deviceCode, ...rest } = interpretDeviceCode(client, answer(200, { device_code: 'd', user_code: 'AB' }));
  assert.equal(deviceCode.reveal(), 'd');
  const verificationUrl = 'https://github.com/login/device';
  assert.deepEqual(rest, { userCode: 'AB', verificationUrl, intervalS: 5, expiresInS: 900 });
  const eager = { device_code: 'd', user_code: 'AB', interval: 1, verification_uri: 'javascript:alert(1)' };
  assert.equal(interpretDeviceCode(client, answer(200, eager)).intervalS, 5);
  assert.equal(interpretDeviceCode(client, answer(200, eager)).verificationUrl, verificationUrl);
  for (const bad of [answer(404, '{"error":"Not Found"}'), answer(200, 'x=1'), answer(200, { user_code: 'AB' })]) {
    assert.throws(() => interpretDeviceCode(client, bad), SignInError);
  }
});

test('a poll: refusals come with status 200', () => {
  const poll = (body: object, status = 200) => interpretDevicePoll(answer(status, body), 7);
  assert.deepEqual(poll({ error: 'authorization_pending' }), { kind: 'pending', intervalS: 7 });
  assert.deepEqual(poll({ error: 'slow_down' }), { kind: 'pending', intervalS: 12 });
  assert.deepEqual(poll({ error: 'slow_down', interval: 20 }), { kind: 'pending', intervalS: 20 });
  assert.deepEqual(poll({ message: 'oops' }, 502), { kind: 'pending', intervalS: 12 });
  const granted = poll({ access_token: 'gho_1', token_type: 'bearer' });
  assert.equal(granted.kind === 'granted' && granted.token.reveal(), 'gho_1');
  for (const [error, message] of [
    ['expired_token', /not entered in time/],
    ['access_denied', /refused at GitHub/],
    ['incorrect_device_code', /does not know the code/],
    ['incorrect_client_credentials', /copilotClientId/],
    ['constructor', /failed/],
  ] as const) {
    assert.throws(() => poll({ error }), { name: 'SignInError', message });
  }
});

test('an exchange: times count from now, and a limit is no lack of access', () => {
  const nowMs = Date.UTC(2026, 10, 23);
  const tokenOf = (body: object) => {
    const outcome = interpretTokenExchange(answer(200, body), nowMs);
    assert.equal(outcome.kind, 'granted');
    return outcome.kind === 'granted' ? outcome.token.refreshInS : 0;
  };
  assert.equal(tokenOf({ token: 't', refresh_in: 1500, expires_at: 1 }), 1500);
  assert.equal(tokenOf({ token: 't', expires_at: nowMs / 1000 + 600 }), 600);
  assert.equal(tokenOf({ token: 't', expires_at: 1 }), 1500);
  const limited = { ...answer(403, { message: 'secondary rate limit' }), retryAfterS: 60 };
  assert.equal(interpretTokenExchange(limited, nowMs).kind, 'transient');
  assert.equal(interpretTokenExchange(answer(403, ''), nowMs).kind, 'forbidden');
  assert.equal(interpretTokenExchange(answer(401, ''), nowMs).kind, 'revoked');
  assert.equal(interpretTokenExchange(answer(302, ''), nowMs).kind, 'transient');
});

/** A sign-in whose time passes only while it waits. */
async function setUp(t: TestContext) {
  const github = await createFakeCopilot();
  t.after(() => github.close());
  const client = open(github.url);
  const clock = { nowMs: 0 };
  const waits: number[] = [];
  const signIn = (atWait: (count: number, code: string) => void) => {
    let code = '';
    return signInToGitHub({
      client,
      show: ({ userCode }) => {
        code = userCode;
      },
      now: () => clock.nowMs,
      async wait(ms) {
        waits.push(ms / 1000);
        clock.nowMs += ms;
        atWait(waits.length, code);
      },
    });
  };
  return { github, signIn, waits };
}

const pollPath = '/login/oauth/access_token';

test('the device flow polls as slowly as it is told to, and outlives a failure on the way', async (t) => {
  const { github, signIn, waits } = await setUp(t);
  github
    .answerOnce(pollPath, { status: 200, body: { error: 'slow_down' } })
    .answerOnce(pollPath, { status: 500, body: 'oops' });
  const token = await signIn((count, code) => {
    if (count === 4) assert.ok(github.enterCode(code));
  });
  assert.match(token.reveal(), /^gho_/);
  assert.deepEqual(waits, [5, 10, 15, 15]);
});

test('the device flow ends with the code, and with a refusal', async (t) => {
  const { github, signIn, waits } = await setUp(t);
  github.device.expiresInS = 12;
  await assert.rejects(
    signIn(() => {}),
    /not entered in time.*opencompat login copilot/,
  );
  assert.deepEqual(waits, [5, 5, 5]);
  assert.equal(github.count(pollPath), 2);
  const other = await setUp(t);
  const refused = other.signIn((_count, code) => other.github.denyCode(code));
  await assert.rejects(refused, /refused at GitHub/);
});
