import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePastedRedirect } from '../../../lib/providers/chatgpt/browser-sign-in.ts';

test('a redirect can be pasted whole, without its scheme, or as its query', () => {
  const query = 'code=ac_1%2B2&state=s-1';
  for (const text of [
    `http://localhost:1455/auth/callback?${query}`,
    `  localhost:1455/auth/callback?${query}#fragment\r`,
    `?${query}`,
    query,
  ]) {
    const parameters = parsePastedRedirect(text);
    assert.equal(parameters?.get('code'), 'ac_1+2', text);
    assert.equal(parameters?.get('state'), 's-1', text);
  }
  assert.equal(parsePastedRedirect('?error=access_denied&state=s')?.get('error'), 'access_denied');
});

test('anything else is not taken for a redirect', () => {
  for (const text of [
    '',
    'hello',
    'https://example.com/',
    'code=1',
    'state=1',
    'http://localhost:1455/auth/callback',
  ]) {
    assert.equal(parsePastedRedirect(text), undefined, text);
  }
});
