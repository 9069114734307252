import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatGptHeaders } from '../../../lib/providers/chatgpt/headers.ts';
import { Secret } from '../../../lib/secret.ts';

const config = { chatgptOriginator: 'codex_cli_rs', chatgptClientVersion: '0.169.0' };

test('a credential is put in wrapped, and the account only where it is known', () => {
  const { authorization, ...others } = chatGptHeaders(config, { accessToken: new Secret('token'), isFedramp: false });
  assert.ok(authorization instanceof Secret);
  assert.equal(authorization.reveal(), 'Bearer token');
  assert.deepEqual(Object.keys(others).sort(), ['accept', 'originator', 'user-agent']);
});

test('an account id that no header can hold is left out', () => {
  const credential = { accessToken: new Secret('token'), isFedramp: false };
  assert.equal(chatGptHeaders(config, { ...credential, accountId: 'a\r\nb: c' })['chatgpt-account-id'], undefined);
  assert.equal(chatGptHeaders(config, { ...credential, accountId: 'a-1' })['chatgpt-account-id'], 'a-1');
});

test('without a credential there is nothing of an account', () => {
  const headers = chatGptHeaders(config, undefined, { accept: 'text/event-stream', contentType: 'application/json' });
  assert.deepEqual(
    { ...headers, 'user-agent': undefined },
    {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      originator: 'codex_cli_rs',
      'user-agent': undefined,
    },
  );
});

test('names beyond ASCII are made plain', () => {
  const headers = chatGptHeaders({ ...config, chatgptOriginator: 'größe' });
  assert.equal(headers.originator, 'gr__e');
  assert.match(headers['user-agent'] as string, /^gr__e\/0\.169\.0 \([\x20-\x7e]+\) unknown$/);
});
