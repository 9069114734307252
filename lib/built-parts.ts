/**
 * What the build puts into the bundle by name, because the sources find it by its path: boxes, routes (`lib/own-modules.ts`),
 * the compiled validators (`lib/compiled-schemas.ts`) and packages (`lib/load-package.ts`). Each is evaluated when it is called for. Where the sources run there is
 * nothing here; `lib/build/bundle.ts` has the other content of this file.
 */
export const builtParts: Readonly<Record<string, () => unknown>> = {};
