import { registerHooks } from 'node:module';

let isRegistered = false;

/**
 * Lets a plugin write `import { defineMiddleware } from 'opencompat'` wherever its file lies: the name resolves to the
 * running server's own package, also when the package is installed globally and the plugin's folder has no node_modules.
 */
export function allowPluginImports(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== 'opencompat' && specifier !== 'opencompat/testing') return nextResolve(specifier, context);
      return nextResolve(specifier, { ...context, parentURL: import.meta.url });
    },
  });
}
