import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness } from '../../support/index.ts';

test('Codex’s web search goes to the backend’s own, also from a base URL without /v1', async (t) => {
  const h = await createHarness(t);
  const ask = (path: string) =>
    h.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 's', model: 'gpt-5.5-high', commands: { search_query: [{ q: 'news' }] } }),
    });
  for (const path of ['/v1/alpha/search', '/alpha/search']) {
    const answer = await ask(path);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { output: 'Found: news', encrypted_output: 'sealed' });
  }
  const searches = h.upstream.otherRequests.filter(({ path }) => path === '/backend-api/codex/alpha/search');
  assert.equal(searches.length, 2);
  assert.equal(searches[0]!.body.model, 'gpt-5.5');
  assert.match(String(searches[0]!.headers.authorization), /^Bearer /);
});
