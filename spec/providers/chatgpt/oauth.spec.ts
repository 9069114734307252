import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignInError } from '../../../lib/auth/sign-in-server.ts';
import {
  applyTokens,
  buildAuthorizeUrl,
  createAuthClient,
  interpretCodeExchange,
  interpretDeviceCode,
  interpretDevicePoll,
  interpretRefresh,
  sendRefresh,
} from '../../../lib/providers/chatgpt/oauth.ts';
import { Secret } from '../../../lib/secret.ts';
import { createFakeJwt } from '../../support/fake-auth-server.ts';

const client = createAuthClient({ chatgptAuthUrl: 'https://auth.example.com/', oauthClientId: 'app_x' });
const answer = (status: number, body: object | string) => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test('the authorize address has all that the sign-in page asks for', () => {
  const redirectUri = 'http://localhost:1455/auth/callback';
  const url = buildAuthorizeUrl(client, { redirectUri, state: 'the-state', codeChallenge: 'the-challenge' });
  assert.equal(url.origin + url.pathname, 'https://auth.example.com/oauth/authorize');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    response_type: 'code',
    client_id: 'app_x',
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: 'the-challenge',
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    state: 'the-state',
    originator: 'codex_cli_rs',
  });
});

test('the sign-in server is spoken to over https, or on this machine', () => {
  const open = (chatgptAuthUrl: string) => createAuthClient({ chatgptAuthUrl, oauthClientId: 'x' });
  for (const url of ['https://a.example', 'http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1']) open(url);
  for (const url of ['http://a.example', 'http://127.evil.example', 'http://10.0.0.1']) {
    assert.throws(() => open(url), SignInError);
  }
});

test('a token answer of which nothing is certain', () => {
  const tokens = interpretCodeExchange(
    answer(200, { access_token: 'a', refresh_token: '', expires_in: '3600', id_token: 7 }),
  );
  assert.equal(tokens.accessToken?.reveal(), 'a');
  assert.deepEqual(
    { ...tokens, accessToken: undefined },
    { accessToken: undefined, refreshToken: undefined, idToken: undefined, expiresInS: 3600 },
  );
});

test('a refusal says what the server said, without markup and without secrets', () => {
  const refused = (body: object | string) => () => interpretCodeExchange(answer(400, body));
  assert.throws(refused({ error: { message: 'Bad\u001b[31m code' } }), /refused the code \(HTTP 400\): Bad \[31m code/);
  assert.throws(refused({ error: 'invalid_grant' }), /\(HTTP 400\): invalid_grant/);
  assert.throws(refused('<html>blocked</html>'), /refused the code \(HTTP 400\)\.$/);
  assert.throws(() => interpretCodeExchange(answer(200, { token_type: 'Bearer' })), SignInError);
});

test('a refresh that failed is over for good, or for now', () => {
  const kindOf = (status: number, body: object | string) => interpretRefresh(answer(status, body)).kind;
  assert.equal(kindOf(401, { error: { code: 'refresh_token_expired' } }), 'permanent');
  assert.equal(kindOf(401, 'not even JSON'), 'permanent');
  assert.equal(kindOf(400, { error: 'invalid_grant' }), 'permanent');
  assert.equal(kindOf(400, { code: 'refresh_token_reused' }), 'permanent');
  assert.equal(kindOf(400, { error: 'invalid_request' }), 'transient');
  // Whatever its body says, a server in trouble has decided nothing.
  assert.equal(kindOf(503, { error: 'invalid_grant' }), 'transient');
  assert.equal(kindOf(429, { error: 'invalid_grant' }), 'transient');
});

test('the device’s interval comes as text', () => {
  const device = (extra: object) =>
    interpretDeviceCode(client, answer(200, { device_auth_id: 'd', user_code: 'AB-12', ...extra }));
  assert.deepEqual(
    { ...device({ interval: '7' }), deviceAuthId: 0 },
    {
      deviceAuthId: 0,
      userCode: 'AB-12',
      verificationUrl: 'https://auth.example.com/codex/device',
      intervalS: 7,
    },
  );
  for (const interval of [undefined, '', 'soon', '0', '-1']) assert.equal(device({ interval }).intervalS, 5);
  assert.equal(device({ user_code: undefined, usercode: 'CD-34' }).userCode, 'CD-34');
});

test('403 and 404 mean that the code was not entered yet, and a server in trouble says nothing of it', () => {
  for (const status of [403, 404, 429, 500, 502, 503])
    assert.equal(interpretDevicePoll(client, answer(status, '')), undefined);
  const granted = interpretDevicePoll(client, answer(200, { authorization_code: 'c', code_verifier: 'v' }));
  const redirectUri = 'https://auth.example.com/deviceauth/callback';
  assert.deepEqual(granted, { code: 'c', verifier: 'v', redirectUri });
  for (const status of [400, 401, 410]) {
    assert.throws(() => interpretDevicePoll(client, answer(status, '')), SignInError);
  }
});

test('tokens become a sign-in by their claims; what an answer leaves out stays', () => {
  const nowMs = Date.UTC(2026, 10, 23);
  const auth = { chatgpt_account_id: 'account-1' };
  const accessToken = new Secret(createFakeJwt({ exp: 1800000000, 'https://api.openai.com/auth': auth }));
  const first = applyTokens(undefined, { accessToken, refreshToken: new Secret('r1'), expiresInS: 10 }, nowMs);
  assert.equal(first.expiresAtEpochS, 1800000000);
  assert.equal(first.accountId, 'account-1');
  assert.equal(first.lastRefreshEpochS, nowMs / 1000);
  const second = applyTokens(first, { accessToken: new Secret('opaque'), expiresInS: 10 }, nowMs);
  assert.equal(second.expiresAtEpochS, nowMs / 1000 + 10);
  assert.equal(second.refreshToken?.reveal(), 'r1');
  assert.equal(second.accountId, 'account-1');
});

test('an answer without end is read no further than it may be useful', async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const endlessFetch = async () => new Response(endless, { status: 500 });
  const read = await sendRefresh({ ...client, fetch: endlessFetch }, new Secret('r'));
  assert.equal(read.status, 500);
  assert.ok(pulled < 10);
});
