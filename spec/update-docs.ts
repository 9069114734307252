/** Writes into README.md what is made from the configuration schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatConfigDocs, replaceBetweenMarkers } from '../lib/config-docs.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, replaceBetweenMarkers(readFileSync(readme, 'utf8'), 'config', formatConfigDocs()));
