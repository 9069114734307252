/** What of the documentation, and of the chart, is made from the code, and where it stands. */
import { readFileSync } from 'node:fs';
import { formatConfigTable, formatKeys, formatValuesSchema, formatValuesTable } from '../chart/values-files.ts';
import { formatConfigDocs } from './config-docs.ts';
import { formatErrorDocs } from './error-docs.ts';
import { formatFieldDocs } from './fields/field-docs.ts';
import { replaceBetweenMarkers } from './markdown.ts';

export interface GeneratedDocs {
  readonly page: URL;
  /** It stands between `<!-- marker -->` and `<!-- /marker -->`. Absent: it is the whole file. */
  readonly marker?: string;
  format(): string | Promise<string>;
}

const at = (path: string) => new URL(`../../${path}`, import.meta.url);

export const generatedDocs: readonly GeneratedDocs[] = [
  { page: at('README.md'), marker: 'config', format: formatConfigDocs },
  { page: at('lib/README.md'), marker: 'errors', format: formatErrorDocs },
  { page: at('routes/README.md'), marker: 'fields', format: formatFieldDocs },
  { page: at('chart/README.md'), marker: 'values', format: () => formatValuesTable() },
  { page: at('chart/README.md'), marker: 'config', format: () => formatConfigTable() },
  { page: at('chart/values.schema.json'), format: () => formatValuesSchema() },
  { page: at('chart/files/keys.yaml'), format: () => formatKeys() },
];

/** The page as it should be. */
export async function renderPage({ page, marker, format }: GeneratedDocs): Promise<string> {
  const text = await format();
  return marker === undefined ? text : replaceBetweenMarkers(readFileSync(page, 'utf8'), marker, text);
}
