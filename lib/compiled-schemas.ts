/** Validators of this project's own schemas, which the build compiles ahead: ajv's own way takes 50 to 180 ms and 15 MB. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv';
import type { JsonSchema } from './json-schema.ts';
import { loadPackage } from './load-package.ts';

/** What a validator is for: each has its own settings of ajv. */
export type SchemaUse = 'request' | 'options';

/** The file of a schema's validator, without its extension. It is named by what it holds, so that it cannot be out of date. */
export function compiledName(use: SchemaUse, schema: JsonSchema): string {
  const digest = createHash('sha256').update(JSON.stringify(schema)).digest('hex');
  return `${use}-${digest.slice(0, 16)}`;
}

/** The validator of a schema that the build knew; undefined where the sources run, and for schemas of others. */
export function findCompiled(use: SchemaUse, schema: JsonSchema): ValidateFunction | undefined {
  const file = fileURLToPath(new URL(`./schemas/${compiledName(use, schema)}.js`, import.meta.url));
  return existsSync(file) ? loadPackage<{ default: ValidateFunction }>(file).default : undefined;
}
