/** Writes into the documentation what is made from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { replaceBetweenMarkers } from '../lib/markdown.ts';
import { generatedDocs } from './generated-docs.ts';

for (const { page, marker, format } of generatedDocs) {
  writeFileSync(page, replaceBetweenMarkers(readFileSync(page, 'utf8'), marker, format()));
}
