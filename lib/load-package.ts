import { createRequire } from 'node:module';
import { builtParts } from './built-parts.ts';

/** What the start does not need: each would take some of its time, and of an idle server's memory. In the bundle each is a file. */
export const packagesAtNeed = [
  'ajv',
  'gpt-tokenizer/encoding/o200k_base',
  'ioredis',
  'node-cron',
  'prom-client',
  'rate-limit-redis',
  'ws',
  'yaml',
] as const;

/** These are in no bundle: others in the process must get the same copy. */
export const sharedPackages = ['@opentelemetry/api'] as const;

const require = createRequire(import.meta.url);

/** Loads a package on demand, synchronously. */
export function loadPackage<T>(name: (typeof packagesAtNeed | typeof sharedPackages)[number]): T {
  return (builtParts[name]?.() ?? require(name)) as T;
}
