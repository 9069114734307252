import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTokenClaims } from '../../lib/auth/jwt.ts';
import { createFakeJwt } from '../support/fake-auth-server.ts';

const nothing = {
  expiresAtEpochS: undefined,
  email: undefined,
  accountId: undefined,
  userIds: [],
  planType: undefined,
  isFedramp: false,
};

test('the claims of an id_token', () => {
  const token = createFakeJwt({
    exp: 1790000000,
    sub: 'auth0|someone',
    email: 'someone@example.com',
    'https://api.openai.com/auth': {
      chatgpt_account_id: 'account-1',
      chatgpt_plan_type: 'pro',
      chatgpt_user_id: 'user-1',
      chatgpt_account_is_fedramp: true,
    },
  });
  assert.deepEqual(decodeTokenClaims(token), {
    expiresAtEpochS: 1790000000,
    email: 'someone@example.com',
    accountId: 'account-1',
    userIds: ['user-1', 'auth0|someone'],
    planType: 'pro',
    isFedramp: true,
  });
});

test('an access token has the email in its profile', () => {
  const token = createFakeJwt({ 'https://api.openai.com/profile': { email: 'someone@example.com' } });
  assert.equal(decodeTokenClaims(token).email, 'someone@example.com');
});

test('a user id is never taken for an account id', () => {
  const token = createFakeJwt({ sub: 'auth0|someone', 'https://api.openai.com/auth': { user_id: 'user-1' } });
  assert.equal(decodeTokenClaims(token).accountId, undefined);
});

test('claims of the wrong type are absent', () => {
  const token = createFakeJwt({
    exp: 'soon',
    email: 1,
    'https://api.openai.com/auth': {
      chatgpt_account_id: null,
      chatgpt_plan_type: {},
      chatgpt_account_is_fedramp: 'no',
    },
    'https://api.openai.com/profile': [],
  });
  assert.deepEqual(decodeTokenClaims(token), nothing);
});

test('whatever is no token has no claims', () => {
  assert.deepEqual(decodeTokenClaims(undefined), nothing);
  fc.assert(fc.property(fc.string(), (text) => assert.deepEqual(decodeTokenClaims(text), nothing)));
  const payload = fc.json().map((json) => `h.${Buffer.from(json).toString('base64url')}.s`);
  fc.assert(fc.property(payload, (token) => assert.equal(typeof decodeTokenClaims(token).isFedramp, 'boolean')));
});
