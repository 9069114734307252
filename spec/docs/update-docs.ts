/** Writes into the documentation, and into the chart, what is made from the code. */
import { writeFileSync } from 'node:fs';
import { generatedDocs, renderPage } from './generated-docs.ts';

for (const docs of generatedDocs) writeFileSync(docs.page, await renderPage(docs));
