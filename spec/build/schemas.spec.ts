import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchemas } from '../../lib/build/schemas.ts';
import { compiledName } from '../../lib/compiled-schemas.ts';
import { checkedSchemas } from '../../lib/config/layers.ts';
import { apisOf, importRoutes } from '../../lib/server/built-in-routes.ts';

const modules = await compileSchemas();

test('every schema that requests and the configuration are checked against is compiled ahead', async () => {
  for (const { name, schema, outline } of apisOf(await importRoutes())) {
    assert.ok(modules.has(compiledName('request', schema)), name);
    assert.ok(!outline || modules.has(compiledName('request', outline.schema)), `${name}'s outline`);
  }
  for (const schema of checkedSchemas) assert.ok(modules.has(compiledName('options', schema)));
});
