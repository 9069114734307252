/** The error table is the only place where errors are born: nothing is thrown that is not in it, or in it and never thrown. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configRules } from '../lib/config/checks.ts';
import { type ErrorCode, type ErrorRow, errorTable } from '../lib/error-table.ts';
import { OpenCompatError, toOpenCompatError } from '../lib/errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const rows: [string, ErrorRow][] = Object.entries(errorTable);

/** Every code that stands in a source file other than the table. */
function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const folder of ['lib', 'middleware', 'routes']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (!path.endsWith('.ts') || path === join('lib', 'error-table.ts')) continue;
      for (const [, code] of readFileSync(join(root, path), 'utf8').matchAll(/'(OC_[A-Z_]+)'/g)) codes.add(code!);
    }
  }
  return codes;
}

test('each row of the table is used, and each code in the sources has a row or is of a check of the configuration', () => {
  const used = codesInSources();
  const ofChecks = configRules.map(({ code }) => code);
  assert.deepEqual(
    rows.map(([code]) => code).filter((code) => !used.has(code)),
    [],
    'never thrown',
  );
  assert.deepEqual(
    [...used].filter((code) => !Object.hasOwn(errorTable, code) && !ofChecks.includes(code)),
    [],
    'not in the table',
  );
});

test('each row is an error in whole sentences, and what must not be retried says so', () => {
  for (const [code, { status, message, next, retry }] of rows) {
    assert.ok(status >= 400 && status < 600, code);
    assert.match(message, /[.}]$/, code);
    if (next !== undefined) assert.match(next, /[.}]$/, code);
    const { headers } = new OpenCompatError(code as ErrorCode);
    assert.equal(headers['x-should-retry'], retry === false ? 'false' : undefined, code);
  }
});

test('what is thrown without being of the table tells the client nothing of itself', () => {
  const error = toOpenCompatError(new TypeError('the password is hunter2'));
  assert.equal(error.code, 'OC_INTERNAL');
  assert.doesNotMatch(JSON.stringify(error.public), /hunter2/);
  assert.equal((error.cause as Error).message, 'the password is hunter2');
});
