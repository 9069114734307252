/** A provider is its folder and one line of the registry: without them, all else still type checks and serves. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function copyWithout(t: TestContext, provider: string): string {
  const folder = mkdtempSync(join(tmpdir(), `opencompat-without-${provider}-`));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['lib', 'middleware', 'routes', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  rmSync(join(folder, 'lib/providers', provider), { recursive: true });
  const registry = join(folder, 'lib/providers/registry.ts');
  const lines = readFileSync(registry, 'utf8').split('\n');
  const others = lines.filter((line) => !line.includes(`./${provider}/`));
  assert.equal(others.length, lines.length - 1, `one line of the registry is of ${provider}`);
  writeFileSync(registry, others.join('\n'));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['lib', 'middleware', 'routes'] }),
  );
  return folder;
}

for (const provider of ['copilot', 'chatgpt']) {
  test(`without the folder of ${provider} and its line, the rest type checks and serves`, async (t) => {
    const folder = copyWithout(t, provider);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    // Its threads would do work twice, on processors that other specs use.
    execFileSync(process.execPath, [tsc, '--noEmit', '--singleThreaded'], { cwd: folder });

    const cli = join(folder, 'lib/cli.ts');
    const env = { PATH: process.env.PATH, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder, OPENCOMPAT_PORT: '0' };
    const help = execFileSync(process.execPath, [cli, 'login', '--help'], { cwd: folder, env, encoding: 'utf8' });
    assert.doesNotMatch(help, new RegExp(provider));

    const server = spawn(process.execPath, [cli, 'serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => server.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      const look = (line: string) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (found) resolve(found);
      };
      createInterface({ input: server.stdout }).on('line', look);
      createInterface({ input: server.stderr }).on('line', look);
      once(server, 'exit').then(([code]) => reject(new Error(`the server ended with ${code}`)), reject);
    });
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    assert.equal(answer.status, 200);
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
    assert.ok(choices[0]!.message.content);
  });
}
