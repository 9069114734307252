/** The guides of those who extend the server tell of every field that the contracts have. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The names of an interface's own fields, as its source has them. */
function fieldsOf(source: string, name: string): string[] {
  const [, body] =
    new RegExp(`^export interface ${name}\\b[^\\n]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source) ?? assert.fail(name);
  return [...body!.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:<]/gm)].map(([, field]) => field!);
}

const contracts: [guide: string, source: string, interfaces: string[]][] = [
  ['middleware/README.md', 'lib/chain/middleware.ts', ['MiddlewareDefinition', 'Services', 'Exchange']],
  ['lib/providers/README.md', 'lib/providers/definition.ts', ['ProviderDefinition', 'ProviderServices']],
  [
    'lib/providers/README.md',
    'lib/providers/provider.ts',
    ['Provider', 'ModelInfo', 'Readiness', 'BuildContext', 'UpstreamRequest'],
  ],
  ['lib/apis/README.md', 'lib/apis/api.ts', ['ClientApi', 'UpstreamApi']],
];

for (const [guide, source, interfaces] of contracts) {
  for (const name of interfaces) {
    test(`${guide} tells of every field of ${name}`, () => {
      const fields = fieldsOf(read(source), name);
      assert.ok(fields.length > 1, fields.join());
      const text = read(guide);
      // In code, at the beginning of it or behind a bracket or a comma: `name`, `name(…)`, `{ name, other }`.
      const missing = fields.filter((field) => !new RegExp(`[\`{,] ?${field}\\b[^\`]*\``).test(text));
      assert.deepEqual(missing, []);
    });
  }
}
