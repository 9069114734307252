/** Plugins whose files change while the server runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createHarness, type Harness } from '../support/index.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

/** A folder for plugins, and what puts files into it. */
function createFolder(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-plugins-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: (name: string) => join(folder, name),
    put: (name: string, text: string) => writeFileSync(join(folder, name), text),
  };
}

/** A plugin that names itself in the answer's head. */
const naming = (word: string, head = '') => `${head}
import { defineMiddleware } from 'opencompat';
export default defineMiddleware({
  name: 'naming',
  create: (_options, { lasting, log }) => {
    const seen = lasting.open('seen', {}, () => ({ requests: 0 }));
    return (_req, res, next) => {
      seen.requests += 1;
      res.setHeader('x-word', ${word} + ' ' + seen.requests);
      next();
    };
  },
  close: () => { globalThis.closedOf?.push(${word}); },
});
`;

async function wordOf(h: Harness): Promise<string | null> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(hello) };
  const answer = await h.fetch('/v1/chat/completions', init);
  await answer.text();
  return answer.headers.get('x-word');
}

test('a plugin whose file has changed is loaded again; what it keeps as lasting goes on', async (t) => {
  const { path, put } = createFolder(t);
  put('naming.ts', naming("'one'"));
  const h = await createHarness(t, { config: { middleware: [{ plugin: path('naming.ts'), enabled: true }] } });
  assert.equal(await wordOf(h), 'one 1');
  assert.equal((await h.reload()).outcome, 'unchanged');
  put('naming.ts', naming("'two' as string"));
  assert.deepEqual((await h.reload()).changes, [`plugin ${path('naming.ts')}`]);
  assert.equal(await wordOf(h), 'two 2');
  await h.reload({ aliases: { fast: 'gpt-5.5' } });
  assert.equal(await wordOf(h), 'two 3', 'and stays as it is where its file does');
  await h.reload({ middleware: [] });
  assert.equal(await wordOf(h), null);
});

test('so is one of which a module that it imports has changed, and that module’s own imports', async (t) => {
  const { path, put } = createFolder(t);
  put('naming.ts', naming('word', "import { word } from './word.ts';"));
  put('word.ts', "export { word } from './deep.ts';");
  put('deep.ts', "export const word = 'one';");
  const h = await createHarness(t, { config: { middleware: [{ plugin: path('naming.ts'), enabled: true }] } });
  assert.equal(await wordOf(h), 'one 1');
  put('deep.ts', "export const word = 'two';");
  assert.equal((await h.reload()).outcome, 'taken');
  assert.equal(await wordOf(h), 'two 2');
  put('deep.ts', "export const word = 'three';");
  assert.equal((await h.reload()).outcome, 'taken');
  assert.equal(await wordOf(h), 'three 3');
});

test('so is a CommonJS module, with what it requires', async (t) => {
  const { path, put } = createFolder(t);
  put(
    'naming.cjs',
    `const word = require('./word.cjs');
     module.exports = { kind: 'middleware', name: 'naming', create: () => (_req, res, next) => { res.setHeader('x-word', word); next(); } };`,
  );
  put('word.cjs', "module.exports = 'one';");
  const h = await createHarness(t, { config: { middleware: [{ plugin: path('naming.cjs'), enabled: true }] } });
  assert.equal(await wordOf(h), 'one');
  put('word.cjs', "module.exports = 'two';");
  assert.equal((await h.reload()).outcome, 'taken');
  assert.equal(await wordOf(h), 'two');
});

for (const [fault, text, reason] of [
  ['does not parse', 'export default {{', /cannot be loaded/],
  ['throws', "throw new Error('broken at import');", /cannot be loaded: broken at import/],
  ['exports no middleware', 'export default 1;', /its default export is not a middleware/],
  [
    'cannot be created',
    "export default { kind: 'middleware', name: 'naming', create() { throw new Error('no database'); } };",
    /cannot be created: no database/,
  ],
] as const) {
  test(`a plugin that ${fault} changes nothing, until it is mended`, async (t) => {
    const { path, put } = createFolder(t);
    put('naming.ts', naming("'one'"));
    const h = await createHarness(t, { config: { middleware: [{ plugin: path('naming.ts'), enabled: true }] } });
    put('naming.ts', text);
    const report = await h.reload({ aliases: { fast: 'gpt-5.5' } });
    assert.equal(report.outcome, 'refused');
    assert.match(report.message!, reason);
    assert.match(report.message!, /opencompat\.config\.json:1/);
    assert.equal(await wordOf(h), 'one 1');
    put('naming.ts', naming("'two'"));
    assert.equal((await h.reload()).outcome, 'taken');
    assert.equal(await wordOf(h), 'two 2');
  });
}

test('a plugin’s own `close` is called when no configuration in use has it any more', async (t) => {
  const { path, put } = createFolder(t);
  const closed: string[] = [];
  Object.assign(globalThis, { closedOf: closed });
  t.after(() => Reflect.deleteProperty(globalThis, 'closedOf'));
  put('naming.ts', naming("'one'"));
  const h = await createHarness(t, { config: { middleware: [{ plugin: path('naming.ts'), enabled: true }] } });
  await h.reload({ aliases: { fast: 'gpt-5.5' } });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(closed, []);
  put('naming.ts', naming("'two'"));
  await h.reload();
  while (closed.length === 0) await new Promise(setImmediate);
  assert.deepEqual(closed, ['one']);
  await h.close();
  assert.deepEqual(closed, ['one', 'two']);
});

test('a provider that is a plugin', async (t) => {
  const { path, put } = createFolder(t);
  const parrot = (word: string) => `
    import { chatUpstream, defineProvider, OpenCompatError } from 'opencompat';
    export default defineProvider({ create: (_options, { name }) => ({
      name, title: name,
      models: () => [{ id: 'parrot' }],
      readiness: () => ({ isReady: true }),
      buildRequest: () => ({ method: 'POST', url: new URL('parrot:/'), headers: {}, body: '', api: chatUpstream }),
      async *answer() {
        yield 'data: {"choices":[{"index":0,"delta":{"content":"${word}"},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n';
      },
      toError: (status) => new OpenCompatError('OC_UPSTREAM_ERROR', { reason: String(status) }),
    }) });`;
  put('parrot.ts', parrot('one'));
  const providers = { polly: { plugin: path('parrot.ts'), enabled: true } };
  const h = await createHarness(t, { providers: providers as never });
  const ask = async () => {
    const answer = await h.client.chat.completions.create({ ...hello, model: 'parrot' });
    return answer.choices[0]!.message.content;
  };
  assert.equal(await ask(), 'one');
  put('parrot.ts', parrot('two'));
  assert.deepEqual((await h.reload()).changes, [`plugin ${path('parrot.ts')}`]);
  assert.equal(await ask(), 'two');
});
