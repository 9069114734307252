import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { replaceBetweenMarkers } from '../lib/markdown.ts';
import { generatedDocs } from './generated-docs.ts';

for (const { page, marker, format } of generatedDocs) {
  test(`the part '${marker}' of ${basename(page.pathname)} is the one that the code makes`, () => {
    const text = readFileSync(page, 'utf8');
    assert.ok(text === replaceBetweenMarkers(text, marker, format()), 'out of date: run `node spec/update-docs.ts`');
  });
}

test('what is generated takes its place between the markers, again and again', () => {
  const once = replaceBetweenMarkers('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new');
  assert.equal(once, 'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb');
  assert.equal(replaceBetweenMarkers(once, 'x', 'new'), once);
  assert.throws(() => replaceBetweenMarkers('a', 'x', 'new'), RangeError);
});
