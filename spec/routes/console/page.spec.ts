/** The console's page: its files, and what a browser may do with them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { rawRequest } from '../../support/raw-request.ts';
import { createConsole } from './support.ts';

test('the page runs its own scripts and its import map, and nothing else', async (t) => {
  const h = await createConsole(t);
  const { status, headers, body } = await rawRequest(`${h.url}/console/`);
  assert.equal(status, 200);
  assert.match(headers['content-type']!, /^text\/html/);
  const policy = String(headers['content-security-policy']);
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(body)!;
  const hash = createHash('sha256').update(importMap).digest('base64');
  assert.match(policy, /^default-src 'none'; /);
  assert.ok(policy.includes(`script-src 'self' 'sha256-${hash}';`));
  assert.ok(policy.includes("frame-ancestors 'none'"));
  assert.doesNotMatch(policy, /unsafe|https?:/);
  const again = await rawRequest(`${h.url}/console/`, { headers: { 'if-none-match': headers.etag! } });
  assert.equal(again.status, 304);
});

test('every file that the page names is there, with its type', async (t) => {
  const h = await createConsole(t);
  const { body } = await rawRequest(`${h.url}/console/`);
  const named = [...body.matchAll(/(?:href|src)="(assets\/[^"]+)"|"\.\/(assets\/[^"]+)"/g)].map(([, a, b]) => a ?? b!);
  assert.ok(named.length > 5);
  const types: Record<string, RegExp> = { css: /^text\/css/, js: /javascript/, mjs: /javascript/, svg: /^image\/svg/ };
  for (const name of named) {
    const answer = await rawRequest(`${h.url}/console/${name}`);
    assert.equal(answer.status, 200, name);
    assert.match(answer.headers['content-type']!, types[name.split('.').at(-1)!]!, name);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  }
});

test('without its slash the address leads to the page, below whatever path', async (t) => {
  const h = await createConsole(t);
  const { status, headers } = await rawRequest(`${h.url}/console`);
  assert.deepEqual([status, headers.location], [308, 'console/']);
});

test('other files of the machine are out of reach', async (t) => {
  const h = await createConsole(t);
  const paths = ['../router.ts', '..%2frouter.ts', 'vendor/..%2f..%2f..%2fpackage.json', 'index.html', 'constructor'];
  for (const path of [...paths, 'vendor/constructor', 'views/../../router.ts', 'main.js%00.svg', '%ff']) {
    const { status, body } = await rawRequest(`${h.url}/console/assets/${path}`);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.doesNotMatch(body, /import /);
  }
});
