import manifest from 'opencompat/package.json' with { type: 'json' };

/** The package's version. Imported by the package's own name, so that the path is the same built and unbuilt. */
export const { version } = manifest;
