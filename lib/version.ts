import { loadPackage } from './load-package.ts';

/** The package's version. Imported by the package's own name, so that the path is the same built and unbuilt. */
export const { version } = loadPackage<{ version: string }>('opencompat/package.json');
