import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generatedDocs, renderPage } from './generated-docs.ts';
import { replaceBetweenMarkers } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const docs of generatedDocs) {
  const name = relative(root, fileURLToPath(docs.page));
  test(`${docs.marker ? `the part '${docs.marker}' of ${name}` : name} is the one that the code makes`, async () => {
    assert.ok(
      readFileSync(docs.page, 'utf8') === (await renderPage(docs)),
      'out of date: run `node spec/docs/update-docs.ts`',
    );
  });
}

test('what is generated takes its place between the markers, again and again', () => {
  const once = replaceBetweenMarkers('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new');
  assert.equal(once, 'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb');
  assert.equal(replaceBetweenMarkers(once, 'x', 'new'), once);
  assert.throws(() => replaceBetweenMarkers('a', 'x', 'new'), RangeError);
});
