/** What of the documentation is made from the code, and where it stands. */
import { formatConfigDocs } from '../lib/config-docs.ts';
import { formatErrorDocs } from '../lib/error-docs.ts';

export interface GeneratedDocs {
  readonly page: URL;
  /** It stands between `<!-- marker -->` and `<!-- /marker -->`. */
  readonly marker: string;
  format(): string;
}

export const generatedDocs: readonly GeneratedDocs[] = [
  { page: new URL('../README.md', import.meta.url), marker: 'config', format: formatConfigDocs },
  { page: new URL('../lib/README.md', import.meta.url), marker: 'errors', format: formatErrorDocs },
];
