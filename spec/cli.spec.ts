/** The command line as a person or a script meets it: the real program, as a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Outcome, runCommand } from './support/commands.ts';
import { processEnv } from './support/process-env.ts';

const cli = fileURLToPath(new URL('../lib/cli.ts', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

describe('opencompat', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'opencompat-cli-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  /** Runs the program where nothing of this machine's own configuration is seen. */
  async function run(
    args: readonly string[],
    { input = '', env = {}, nodeArgs = [] }: { input?: string; env?: Record<string, string>; nodeArgs?: string[] } = {},
  ): Promise<Outcome> {
    const child = spawn(process.execPath, [...nodeArgs, cli, ...args], {
      cwd: home,
      env: { ...processEnv, HOME: home, ...env },
    });
    child.stdin.end(input);
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    return { status, out, err };
  }

  /** The same in a process that stays for the next command. */
  const command = (args: readonly string[], env: Record<string, string> = {}) =>
    runCommand(args, { cwd: home, env: { ...processEnv, HOME: home, ...env } });

  test('tells its version', async () => {
    for (const args of [['version'], ['--version']]) {
      assert.deepEqual(await run(args), { status: 0, out: `${version}\n`, err: '' });
    }
  });

  test('helps', async () => {
    for (const args of [['help'], ['--help']]) {
      const { status, out } = await run(args);
      assert.equal(status, 0);
      for (const command of [
        'serve',
        'login',
        'logout',
        'info',
        'models',
        'config',
        'hash-key',
        'check',
        'health',
        'version',
        'help',
      ]) {
        assert.match(out, new RegExp(`^  ${command}\\b`, 'm'));
      }
    }
    const { out } = await run(['help', 'serve']);
    for (const flag of ['--port <number>', '--allowed-hosts <list>', '--verbose', '--chatgpt-base-url <text>']) {
      assert.ok(out.includes(flag), flag);
    }
    assert.match(out, /--keepalive-interval[^-]+Default 15\s+seconds\./);
  });

  test('corrects words and flags', async () => {
    const cases: [string[], RegExp][] = [
      [['lgoin'], /unknown command 'lgoin'\n\(Did you mean login\?\)/],
      [['--prot', '1'], /unknown option '--prot'\n\(Did you mean --port\?\)/],
      [['serve', '--prot', '1'], /\(Did you mean --port\?\)/],
      [['config', '--no-demmo'], /\(Did you mean --no-demo\?\)/],
    ];
    for (const [args, message] of cases) {
      const { status, out, err } = await command(args);
      assert.equal(status, 1, args.join(' '));
      assert.equal(out, '');
      assert.match(err, message);
    }
  });

  test('loads no more than a command needs', async () => {
    const hook = join(home, 'name-modules.cjs');
    writeFileSync(
      hook,
      `require('node:module').registerHooks({
         load(url, context, next) {
           process.stderr.write(url + '\\n');
           return next(url, context);
         },
       });`,
    );
    const loadedBy = async (command: string) => (await run([command], { nodeArgs: ['--require', hook] })).err;
    const modules = await loadedBy('version');
    assert.match(modules, /node_modules\/commander\//);
    assert.doesNotMatch(
      modules,
      /node_modules\/(express|ajv|yaml|winston|undici|oauth4webapi|http-proxy-middleware)\//,
    );
    const ofInfo = await loadedBy('info');
    assert.match(ofInfo, /lib\/auth\//);
    assert.doesNotMatch(ofInfo, /node_modules\/(express|ajv|undici|http-proxy-middleware)\//);
  });

  describe('config', () => {
    test('prints the effective configuration with every source, secrets masked', async () => {
      const key = 'oc-a-key-that-nobody-may-see';
      const file = join(home, 'shown.yaml');
      writeFileSync(file, `rateLimit: 7\napiKeys: ["\${KEY}"]\n`);
      const args = [
        'config',
        '--config',
        file,
        '--allowed-hosts',
        'a.example,b.example',
        '--allowed-hosts',
        'c.example',
      ];
      const env = { KEY: key, OPENCOMPAT_PORT: '9000', OPENCOMPAT_HOTS: 'x' };
      const { status, out, err } = await run([...args, '--no-demo', '--verbose'], { env });
      assert.equal(status, 0, err);
      const { rateLimit, port, allowedHosts, demo, verbose, apiKeys, maxChoices } = parse(out);
      assert.deepEqual(
        { rateLimit, port, allowedHosts, demo, verbose, apiKeys, maxChoices },
        {
          rateLimit: 7,
          port: 9000,
          allowedHosts: ['a.example', 'b.example', 'c.example'],
          demo: false,
          verbose: true,
          apiKeys: ['[secret]'],
          maxChoices: 8,
        },
      );
      assert.match(out, /^port: 9000 # environment OPENCOMPAT_PORT$/m);
      assert.match(out, /^# Warning: .*OPENCOMPAT_HOTS.*OPENCOMPAT_HOST/m);
      const json = await run([...args, '--json'], { env });
      assert.deepEqual(JSON.parse(json.out).values.rateLimit, { value: 7, origin: 'file', place: `${file}:1` });
      for (const output of [out, err, json.out, json.err]) assert.ok(!output.includes(key));
    });

    test('prints every fault and exits with 2, as does serve', async () => {
      const file = join(home, 'faulty.yaml');
      writeFileSync(file, 'prt: 1\nhost: 5\n');
      const expected = [
        `The configuration has 4 faults (file: ${file}):`,
        "  faulty.yaml:1  prt: is not a known key here; did you mean 'port'?",
        '  faulty.yaml:2  host = 5: must be text',
        "  OPENCOMPAT_LOG_LEVEL  logLevel = 'inof': must be one of error, warn, info, debug; did you mean 'info'?",
        '  --port  port = 99999: must be at most 65535',
        '',
      ].join('\n');
      const env = { OPENCOMPAT_LOG_LEVEL: 'inof' };
      const faulty = { status: 2, out: '', err: expected };
      for (const name of [['config'], ['serve'], []]) {
        for (const args of [
          [...name, '--config', file, '--port', '99999'],
          ['--config', file, ...name, '--port', '99999'],
        ]) {
          assert.deepEqual(await command(args, env), faulty, args.join(' '));
        }
      }
      assert.deepEqual(await run(['--config', file, '--port', '99999'], { env }), faulty, 'as a process of its own');
    });

    test('prints the faults of the providers with the others, and what there is when there are none', async () => {
      const file = join(home, 'providers.yaml');
      writeFileSync(
        file,
        [
          'prt: 1',
          'providers:',
          '  box: { type: openai-compatibel, baseURL: "http://x" }',
          '  gone: { plugin: ./nowhere.ts }',
          'middleware: [{ box: rate-limits }]',
        ].join('\n'),
      );
      for (const name of ['config', 'serve']) {
        const { status, err } = await command([name, '--config', file]);
        assert.equal(status, 2);
        assert.match(err, /has 4 faults/);
        assert.match(err, /providers\.yaml:1 {2}prt: .*did you mean 'port'\?/);
        assert.match(err, /providers\.yaml:3 {2}providers\.box\.type = .*did you mean 'openai-compatible'\?/);
        assert.match(err, /providers\.yaml:4 {2}providers\.gone\.plugin = '\.\/nowhere\.ts': cannot be loaded/);
        assert.match(err, /providers\.yaml:5 {2}middleware\[0\]\.box/);
      }
      writeFileSync(
        file,
        'providers:\n  demo: { type: demo }\n  box: { type: openai-compatible, baseURL: "http://x", apiKey: "S3CR3T-key" }\n',
      );
      const { status, out } = await command(['config', '--config', file]);
      assert.equal(status, 0);
      assert.match(out, /asked for a model\n# - demo\n# - box \(openai-compatible\)\n# - chatgpt\n/);
      assert.doesNotMatch(out, /S3CR3T/);
    });

    test('prints the faults of the chain with those of the configuration', async () => {
      const file = join(home, 'faulty-chain.yaml');
      writeFileSync(
        file,
        'prt: 1\nmiddleware:\n  - box: rate-limits\n  - box: rate-limit\n    options: { perMinut: 3 }\n',
      );
      const expected = [
        `The configuration has 3 faults (file: ${file}):`,
        "  faulty-chain.yaml:1  prt: is not a known key here; did you mean 'port'?",
        "  faulty-chain.yaml:3  middleware[0].box = 'rate-limits': no box of the chain has this name; did you mean 'rate-limit'?",
        "  faulty-chain.yaml:5  middleware[1].options.perMinut: is not a known key here; did you mean 'perMinute'?",
        '',
      ].join('\n');
      for (const name of ['config', 'serve']) {
        assert.deepEqual(await command([name, '--config', file]), { status: 2, out: '', err: expected }, name);
      }
    });
  });

  describe('hash-key', () => {
    const hashOf = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;

    test('makes a new key, with what to put into the configuration', async () => {
      const outcomes = await Promise.all([run(['hash-key', '--name', 'laptop: mine']), run(['hash-key'])]);
      const keys = outcomes.map(({ out }) => out.split('\n')[0]!);
      assert.notEqual(keys[0], keys[1]);
      for (const [index, { status, out }] of outcomes.entries()) {
        assert.equal(status, 0);
        assert.match(keys[index]!, /^oc-[\w-]{43}$/);
        const [, hash, empty, ...yaml] = out.split('\n');
        assert.equal(hash, hashOf(keys[index]!));
        assert.equal(empty, '');
        const name = index === 0 ? 'laptop: mine' : 'my-client';
        assert.deepEqual(parse(yaml.join('\n')), { clientKeys: [{ name, hash }] });
      }
    });

    test('hashes a given key and does not print it', async () => {
      const { status, out, err } = await run(['hash-key'], { input: 'oc-given-key\n' });
      assert.equal(status, 0);
      assert.equal(out.split('\n')[0], hashOf('oc-given-key'));
      assert.ok(!(out + err).includes('oc-given-key'));
    });

    test('refuses what no header can carry', async () => {
      const { status, err } = await run(['hash-key'], { input: 'two words' });
      assert.equal(status, 1);
      assert.match(err, /one word of printable ASCII/);
      assert.ok(!err.includes('two words'));
    });
  });
});
