import { createRequire } from 'node:module';

/** The package's version. Imported by the package's own name, so that the path is the same built and unbuilt. */
export const { version } = createRequire(import.meta.url)('opencompat/package.json') as { version: string };
