/** Compiles this project's own schemas ahead (https://ajv.js.org/standalone.html); `lib/compiled-schemas.ts` finds them. */
import type { Ajv, Options } from 'ajv';
import { _ } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { createRequestAjv } from '../apis/body-validation.ts';
import { namedModelSchema } from '../apis/ollama/schema.ts';
import { steerSchema } from '../apis/responses/steering.ts';
import { importBoxes } from '../chain/built-in-boxes.ts';
import { compiledName, type SchemaUse } from '../compiled-schemas.ts';
import { checkedSchemas } from '../config/layers.ts';
import type { JsonSchema } from '../json-schema.ts';
import { createOptionsAjv } from '../options/check.ts';
import { builtIns } from '../providers/built-ins.ts';
import { apisOf, importRoutes } from '../server/built-in-routes.ts';

/** The code of each validator, an ES module beside `lib/options/`, by the name of its file. */
export async function compileSchemas(): Promise<Map<string, string>> {
  const code: Options['code'] = { source: true, esm: true };
  const modules = new Map<string, string>();
  function compile(use: SchemaUse, ajv: Ajv, schemas: readonly JsonSchema[], head = ''): void {
    for (const schema of schemas)
      modules.set(compiledName(use, schema), head + standalone.default(ajv, ajv.compile(schema)));
  }
  compile('request', createRequestAjv(code), await requestSchemas());
  const formats = "import { formatTests } from './formats.ts';\n";
  compile('options', createOptionsAjv(true, { ...code, formats: _`formatTests` }), await optionsSchemas(), formats);
  return modules;
}

async function requestSchemas(): Promise<JsonSchema[]> {
  const ofApis = apisOf(await importRoutes()).flatMap(({ schema, outline }) => [
    schema,
    ...(outline ? [outline.schema] : []),
  ]);
  return [...ofApis, namedModelSchema, steerSchema];
}

async function optionsSchemas(): Promise<JsonSchema[]> {
  const owners = [...builtIns, ...Object.values(await importBoxes())];
  return [...checkedSchemas, ...owners.flatMap(({ options }) => (options ? [options as JsonSchema] : []))];
}
