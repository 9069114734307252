import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeOldNode } from '../lib/node-version.ts';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [major, minor] = engines.node.replace('>=', '').split('.').map(Number);

test('a Node older than package.json asks for is told in words, with both versions', () => {
  for (const version of ['20.20.2', `${major}.${minor - 1}.9`, `${major - 1}.${minor + 1}.0`]) {
    const fault = describeOldNode(version) ?? assert.fail(version);
    assert.match(fault, new RegExp(`needs Node ${major}\\.${minor} or newer; this is Node ${version}\\.`));
  }
});

test('that one and newer ones will do, this one among them', () => {
  for (const version of [`${major}.${minor}.0`, `${major}.${minor + 1}.1`, `${major + 1}.0.0`, process.versions.node]) {
    assert.equal(describeOldNode(version), undefined, version);
  }
});
