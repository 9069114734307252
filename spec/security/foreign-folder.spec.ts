/**
 * A directory that somebody else wrote, such as a cloned repository, with a configuration in it: code of theirs in plugins,
 * and addresses of theirs for the sign-in. Whoever runs a command there has said nothing of trusting it.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/commands.ts';
import { createFakeChatGpt } from '../support/fake-chatgpt.ts';
import { processEnv } from '../support/process-env.ts';

const cli = fileURLToPath(new URL('../../lib/cli.ts', import.meta.url));

/** The person's home, signed in, and a folder of somebody else with plugins that leave a trace. */
async function setUp(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const chatGpt = await createFakeChatGpt({ models: ['gpt-5.5'] });
  t.after(() => chatGpt.close());
  const { accessToken, refreshToken } = chatGpt.account.tokens;
  await mkdir(join(home, 'data/opencompat'), { recursive: true });
  await writeFile(
    join(home, 'data/opencompat/auth.json'),
    JSON.stringify({ version: 1, chatgpt: { access_token: accessToken, refresh_token: refreshToken } }),
  );
  await mkdir(join(home, 'config/opencompat'), { recursive: true });
  await writeFile(
    join(home, 'config/opencompat/opencompat.config.yaml'),
    `port: 0\nlogFormat: json\ninstructionsRefresh: 0\nchatgptBaseUrl: ${chatGpt.url}\nchatgptAuthUrl: ${chatGpt.authUrl}\n`,
  );

  const thief = createServer((_req, res) => res.end('{}'));
  const asked: string[] = [];
  thief.on('request', ({ url }) => asked.push(url ?? ''));
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  t.after(() => thief.close());
  const thiefUrl = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;

  const folder = join(home, 'cloned');
  await mkdir(folder);
  const trace = join(home, 'a-plugin-ran');
  const leavesTrace = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(trace)}, '');\n`;
  await writeFile(
    join(folder, 'box.ts'),
    `${leavesTrace}export default { kind: 'middleware', name: 'stranger', create: () => (_req, _res, next) => next() };`,
  );
  await writeFile(
    join(folder, 'provider.ts'),
    `${leavesTrace}export default { kind: 'provider', create: (_options, { name }) => ({ name, title: name, models: () => [], buildRequest() {}, toError() {}, readiness: () => ({ isReady: false, hasCredentials: false }) }) };`,
  );
  const plugins = 'middleware: [{ plugin: ./box.ts }]\nproviders: { stranger: { plugin: ./provider.ts } }\n';
  const writeConfig = (yaml: string) => writeFile(join(folder, 'opencompat.config.yaml'), yaml);
  await writeConfig(
    `${plugins}chatgptBaseUrl: ${thiefUrl}\nchatgptAuthUrl: ${thiefUrl}\ngithubUrl: ${thiefUrl}\ngithubApiUrl: ${thiefUrl}\n`,
  );

  const env = {
    ...processEnv,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const run = (...args: string[]) => runCommand(args, { cwd: folder, env });
  /** Starts a server, and stops it once it listens. @returns what it printed */
  async function serve(...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [cli, 'serve', ...args], { cwd: folder, env });
    t.after(() => child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        output += part;
        if (output.includes('is listening on')) child.kill('SIGTERM');
      });
    }
    await new Promise((resolve) => child.once('close', resolve));
    return output;
  }
  return { asked, chatGpt, folder, plugins, run, serve, thiefUrl, trace, writeConfig };
}

test('no command runs its plugins, or sends the sign-in to its addresses', async (t) => {
  const { asked, chatGpt, folder, run, serve, trace } = await setUp(t);
  for (const command of ['config', 'models', 'info', 'health', 'logout']) {
    const { out, err } = await run(command);
    if (command !== 'health')
      assert.match(out + err, /cloned\/opencompat\.config\.yaml is not read: .*`opencompat trust`/);
    assert.deepEqual([command, asked, existsSync(trace)], [command, [], false]);
  }
  // The person's own configuration was in force all the while.
  assert.ok(chatGpt.otherRequests.length > 0);

  const output = await serve();
  assert.match(
    output,
    /opencompat\.config\.yaml lies in the current directory.*`opencompat trust`.*OC_FOLDER_NOT_TRUSTED/,
  );
  assert.deepEqual([asked, existsSync(trace)], [[], false]);
  assert.equal((await run('trust', '--remove', folder)).status, 0);
});

test('a folder that is trusted, once, counts from then on; plugins run in a server alone', async (t) => {
  const { folder, plugins, run, serve, trace, writeConfig } = await setUp(t);
  await writeConfig(`${plugins}rateLimit: 7\n`);
  assert.match((await run('trust')).out, /counts from now on/);
  const { out } = await run('config');
  assert.match(out, /^rateLimit: 7 # file .*cloned\/opencompat\.config\.yaml:3$/m);
  assert.match(out, /^# - stranger \(\.\/provider\.ts\)$/m);
  assert.match(out, /^ {4}- \.\/box\.ts # \.\/box\.ts/m);
  assert.match((await run('models')).err, /stranger: only a running server knows its models/);
  assert.equal(existsSync(trace), false);

  assert.match(await serve('--port', '0'), /is listening on/);
  assert.ok(existsSync(trace));

  await run('trust', '--remove', folder);
  assert.match(await serve('--port', '0'), /OC_FOLDER_NOT_TRUSTED/);
});

test('a file that is named is the person’s own', async (t) => {
  const { plugins, serve, trace, writeConfig } = await setUp(t);
  await writeConfig(plugins);
  assert.match(await serve('--config', 'opencompat.config.yaml', '--port', '0'), /is listening on/);
  assert.ok(existsSync(trace));
});

test('a trusted folder sends a sign-in to hosts of its provider alone, and into no Redis', async (t) => {
  const { asked, run, writeConfig, thiefUrl } = await setUp(t);
  await run('trust');
  const key = '0123456789abcdef0123456789abcdef';
  const refused = [
    `chatgptBaseUrl: ${thiefUrl}`,
    'chatgptBaseUrl: http://chatgpt.com/backend-api',
    'chatgptBaseUrl: https://notchatgpt.com/backend-api',
    'chatgptAuthUrl: https://auth.openai.com.evil.example',
    'githubUrl: https://github.example',
    'githubApiUrl: https://evil.example',
    'copilotBaseUrl: https://githubcopilot.com.evil.example',
    `redis: redis://evil.example\nredisEncryptionKey: ${key}`,
    `redis: { url: redis://evil.example, encryptionKey: ${key} }`,
  ];
  for (const [index, yaml] of refused.entries()) {
    await writeConfig(`${yaml}\n`);
    for (const command of index === 0 ? ['info', 'config', 'serve'] : ['info']) {
      const { status, err } = await run(command);
      assert.equal(status, 2, `${command}: ${yaml}`);
      assert.match(err, /opencompat\.config\.yaml:1 .*(OC_SIGN_IN_HOST)/);
      assert.doesNotMatch(err, new RegExp(key));
    }
  }
  await writeConfig('chatgptBaseUrl: https://eu.chatgpt.com/backend-api\ngithubUrl: https://company.ghe.com\n');
  assert.equal((await run('config')).status, 0);
  assert.deepEqual(asked, []);
});
