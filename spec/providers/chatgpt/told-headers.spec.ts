import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../../support/index.ts';

test('what the backend says of safety buffering reaches the client, and no other of its headers does', async (t) => {
  const h = await createHarness(t);
  const ask = (stream: boolean) => {
    h.upstream.reply('text-hello.sse', {
      headers: {
        'x-codex-safety-buffering-enabled': 'true',
        'x-codex-safety-buffering-faster-model': 'gpt-5.5-mini',
        'x-account-hint': 'acct-1',
      },
    });
    return h.fetch('/v1/responses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'hi', stream }),
    });
  };
  for (const stream of [true, false]) {
    const { status, headers } = await ask(stream);
    assert.equal(status, 200);
    assert.equal(headers.get('x-codex-safety-buffering-enabled'), 'true');
    assert.equal(headers.get('x-codex-safety-buffering-faster-model'), 'gpt-5.5-mini');
    assert.equal(headers.get('x-codex-safety-buffering-learn-more-link'), null);
    assert.equal(headers.get('x-account-hint'), null);
  }
});
