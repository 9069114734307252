/** Where configuration comes from, what of it is refused, and how that is told. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration file's references look like templates
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parse } from 'yaml';
import { configChecks } from '../../lib/config/checks.ts';
import { configKeys } from '../../lib/config/keys.ts';
import { FaultyConfigError, type LoadConfigOptions, type LoadedConfig, loadConfig } from '../../lib/config/load.ts';
import { locateFaults } from '../../lib/config/located-faults.ts';
import { createConfigReport, formatConfigReport } from '../../lib/config/report.ts';
import { setFolderTrust } from '../../lib/config/trusted-folders.ts';
import { ConfigError, type Fault, nearestName } from '../../lib/options/faults.ts';
import type { Secret } from '../../lib/secret.ts';
import { formatConfigDocs } from '../docs/config-docs.ts';

const hash = `sha256:${'0a'.repeat(32)}`;

/** A folder of its own as working directory, home and place of the configuration, with files in it. */
function createHome(t: { after(task: () => void): void }, files: Record<string, string> = {}): string {
  const base = mkdtempSync(join(tmpdir(), 'opencompat-config-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const home = join(base, 'opencompat');
  mkdirSync(home);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

/** Nothing of this machine's own environment is seen. */
function load(home: string, { env, ...options }: LoadConfigOptions = {}): LoadedConfig {
  return loadConfig({
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: dirname(home), ...env },
    isTerminal: false,
    ...options,
  });
}

function loadYaml(t: { after(task: () => void): void }, yaml: string, options?: LoadConfigOptions): LoadedConfig {
  return load(createHome(t, { 'opencompat.config.yaml': yaml }), options);
}

function faultsOf(run: () => unknown): readonly Fault[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ConfigError, `not a ConfigError: ${inspect(error)}`);
    return error.faults;
  }
  return assert.fail('no fault was found');
}

function onlyFault(run: () => unknown): Fault {
  const faults = faultsOf(run);
  assert.equal(faults.length, 1, inspect(faults));
  return faults[0]!;
}

describe('sources', () => {
  test('defaults hold when nothing is given', (t) => {
    const { config, origins, warnings } = load(createHome(t));
    for (const { name, schema } of configKeys) {
      assert.equal(origins.get(name), 'default', name);
      if (schema.default !== undefined) assert.deepEqual(config[name as keyof typeof config], schema.default, name);
    }
    assert.equal(config.file, undefined);
    assert.deepEqual(warnings, []);
  });

  test('a flag wins over the environment, that over the file, that over the default', (t) => {
    const home = createHome(t, { 'opencompat.config.yaml': 'port: 1001\nrateLimit: 1\nreasoningEffort: low\n' });
    const env = { OPENCOMPAT_PORT: '1002', OPENCOMPAT_RATE_LIMIT: '2' };
    const { config, origins, places } = load(home, { env, flags: { port: '1003' } });
    assert.deepEqual([config.port, config.rateLimit, config.reasoningEffort, config.maxChoices], [1003, 2, 'low', 8]);
    assert.deepEqual(
      ['port', 'rateLimit', 'reasoningEffort', 'maxChoices'].map((key) => origins.get(key)),
      ['flag', 'environment', 'file', 'default'],
    );
    assert.deepEqual(
      ['port', 'rateLimit', 'reasoningEffort', 'maxChoices'].map((key) => places.get(key)),
      ['--port', 'OPENCOMPAT_RATE_LIMIT', `${join(home, 'opencompat.config.yaml')}:3`, undefined],
    );
  });

  test('the file is looked for in its places, in their order', async (t) => {
    const home = createHome(t, {
      'flag.yaml': 'port: 1',
      'env.yaml': 'port: 2',
      'work/opencompat.config.yml': 'port: 3',
      'work/opencompat.config.json': '{ "port": 4 }',
      'xdg/opencompat/opencompat.config.json': '{\n\t"port": 5\n}',
      '.config/opencompat/opencompat.config.yaml': 'port: 6',
    });
    const at = (cwd: string, env: Record<string, string> = {}, flags = {}) =>
      loadConfig({ cwd: join(home, cwd), env: { HOME: home, ...env }, flags, isTerminal: false });
    const named = { OPENCOMPAT_CONFIG: join(home, 'env.yaml') };
    assert.equal(at('', named, { config: 'flag.yaml' }).config.port, 1);
    assert.equal(at('', named).config.port, 2);
    assert.equal(at('', { OPENCOMPAT_CONFIG: `${named.OPENCOMPAT_CONFIG}\r` }).config.port, 2);
    assert.equal(at('work').config.port, 6);
    assert.equal(at('work').untrustedFile, join(home, 'work/opencompat.config.yml'));
    await setFolderTrust(join(home, '.local/share/opencompat'), join(home, 'work'), true);
    const { config, warnings, untrustedFile } = at('work');
    assert.equal(config.port, 3);
    assert.equal(untrustedFile, undefined);
    assert.equal(config.baseDir, join(home, 'work'));
    assert.match(warnings.join(), /opencompat\.config\.json is not read, because .*opencompat\.config\.yml is/);
    assert.equal(at('', { XDG_CONFIG_HOME: join(home, 'xdg') }).config.port, 5);
    assert.equal(at('', { XDG_CONFIG_HOME: `${join(home, 'xdg')}\r` }).config.port, 5);
    assert.equal(at('').config.port, 6);
  });

  test('a file that is there and cannot be read is a fault, not no file', (t) => {
    const home = createHome(t);
    const path = join(home, 'opencompat.config.yaml');
    symlinkSync(join(home, 'nowhere.yaml'), path);
    assert.match(onlyFault(() => load(home)).reason, /opencompat\.config\.yaml is a dangling link/);
    rmSync(path);
    mkdirSync(path);
    assert.match(onlyFault(() => load(home)).reason, /is a folder: name a file in it/);
  });

  test('a server without its scheme is told the URL that was meant', (t) => {
    for (const address of ['localhost:11434', '192.168.0.2:8000/v1']) {
      const home = createHome(t, {
        'opencompat.config.yaml': `providers: { local: { type: openai-compatible, baseURL: "${address}" } }`,
      });
      assert.equal(onlyFault(() => load(home)).nearest, `http://${address}`);
    }
  });

  test('a key where its hash belongs is told where hashes come from', (t) => {
    const home = createHome(t);
    writeFileSync(join(home, 'opencompat.config.yaml'), 'clientKeys: [{ name: laptop, hash: sk-my-key }]');
    const { reason } = onlyFault(() => load(home));
    assert.match(reason, /must be the line `sha256:…` that `opencompat hash-key` prints/);
    assert.doesNotMatch(reason, /sk-my-key/);
  });

  test('without a home directory, words say what to set', (t) => {
    const home = createHome(t);
    const directories = new URL('../../lib/config/directories.ts', import.meta.url).href;
    const script = `import os from 'node:os';
      import { syncBuiltinESMExports } from 'node:module';
      os.homedir = () => { throw new Error('ENOENT'); };
      syncBuiltinESMExports();
      const { findDirectories } = await import('${directories}');
      try { findDirectories({}, []); } catch (error) { console.log(error.name, error.message); }`;
    const out = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: home,
      encoding: 'utf8',
    });
    assert.match(out, /^ConfigError .*\n {2}HOME: there is no home directory: set HOME, or XDG_DATA_HOME/);
  });

  test('a file that was named must be there', (t) => {
    const home = createHome(t);
    const fault = onlyFault(() => load(home, { flags: { config: 'nowhere.yaml' } }));
    assert.equal(fault.source, '--config');
    assert.match(fault.reason, /nowhere\.yaml does not exist/);
  });

  test('an empty file, and an empty environment variable, say nothing', (t) => {
    const { config, origins } = loadYaml(t, '# nothing yet\n', { env: { OPENCOMPAT_PORT: ' ', OPENCOMPAT_HOST: '' } });
    assert.equal(config.port, 8080);
    assert.equal(origins.get('host'), 'default');
  });

  test('the documented name of a variable wins over an older one', (t) => {
    const home = createHome(t);
    const older = { OPENCOMPAT_CHATGPT_INSTRUCTIONS_REFRESH: '7', OPENCOMPAT_COPILOT_MODELS_REFRESH: '8' };
    assert.equal(load(home, { env: older }).config.instructionsRefresh, 7);
    assert.equal(load(home, { env: older }).config.modelsRefresh, 8);
    assert.deepEqual(load(home, { env: older }).warnings, []);
    const both = { ...older, OPENCOMPAT_INSTRUCTIONS_REFRESH: '9' };
    assert.equal(load(home, { env: both }).config.instructionsRefresh, 9);
  });

  test('the names of the environment variables are those that were promised', () => {
    const promised =
      'HOST PORT VERBOSE LOG_LEVEL LOG_FORMAT REASONING_EFFORT REASONING_SUMMARY TEXT_VERBOSITY REASONING_COMPAT ' +
      'INSTRUCTIONS INSTRUCTIONS_REFRESH OAUTH_CLIENT_ID RATE_LIMIT UPSTREAM_IDLE_TIMEOUT KEEPALIVE_INTERVAL ' +
      'SHUTDOWN_GRACE ALLOWED_HOSTS ALLOWED_ORIGINS TRUSTED_PROXIES API_KEYS CHATGPT_BASE_URL CHATGPT_AUTH_URL ' +
      'GITHUB_URL GITHUB_API_URL GITHUB_RAW_URL';
    const documented = configKeys.map(({ env }) => env[0]);
    for (const name of promised.split(' ')) assert.ok(documented.includes(`OPENCOMPAT_${name}`), name);
  });

  test('no two keys share a variable or a flag', () => {
    const names = configKeys.flatMap(({ env, flag }) => [...env, ...(flag ? [flag] : [])]);
    assert.equal(new Set(names).size, names.length);
  });

  test('an unknown variable is a warning with the nearest name; what Kubernetes injects is not even that', (t) => {
    const env = {
      OPENCOMPAT_REASONING_EFORT: 'low',
      OPENCOMPAT_PORT: 'tcp://10.0.0.1:80',
      OPENCOMPAT_PORT_80_TCP_ADDR: '10.0.0.1',
      OPENCOMPAT_SERVICE_HOST: '10.0.0.1',
    };
    const { config, warnings } = load(createHome(t), { env });
    assert.equal(config.port, 8080);
    assert.equal(warnings.length, 2);
    assert.match(warnings.join('\n'), /OPENCOMPAT_PORT=tcp:.* is ignored/);
    assert.match(warnings.join('\n'), /OPENCOMPAT_REASONING_EFORT .*did you mean OPENCOMPAT_REASONING_EFFORT\?/);
  });

  test('base directories follow the XDG specification', (t) => {
    const home = createHome(t);
    assert.equal(load(home).config.dataDir, join(home, '.local/share/opencompat'));
    assert.equal(load(home).config.cacheDir, join(home, '.cache/opencompat'));
    const { config, warnings } = load(home, { env: { XDG_DATA_HOME: '/data', XDG_CACHE_HOME: 'relative/cache' } });
    assert.equal(config.dataDir, '/data/opencompat');
    assert.equal(config.cacheDir, join(home, '.cache/opencompat'));
    assert.match(warnings.join(), /XDG_CACHE_HOME=relative\/cache is ignored/);
  });

  test('credentials are not put wherever the program is started, without a home', (t) => {
    const home = createHome(t);
    for (const given of ['relative/home', '.']) {
      const { dataDir } = load(home, { env: { HOME: given } }).config;
      assert.equal(dataDir, join(homedir(), '.local/share/opencompat'));
    }
  });

  test('what a server cannot listen on is told with what was meant', (t) => {
    const told = (host: string) => {
      const { reason, nearest } = onlyFault(() => loadYaml(t, `host: ${JSON.stringify(host)}\n`));
      return nearest ?? reason;
    };
    assert.equal(told('*'), '0.0.0.0');
    for (const host of ['localhost:80', 'http://localhost', '0.0.0.0:8080', 'a b', 'tcp://10.0.0.1:80']) {
      assert.match(told(host), /without a scheme and a port/, host);
    }
    for (const host of ['::', '::1', 'fe80::1%eth0', '0.0.0.0', 'localhost', 'my-host.local', 'bücher.example']) {
      assert.equal(loadYaml(t, `host: "${host}"\n`).config.host, host);
    }
  });
});

describe('texts become values', () => {
  test('booleans, numbers and lists', (t) => {
    const home = createHome(t);
    for (const [text, expected] of Object.entries({
      true: true,
      '1': true,
      Yes: true,
      on: true,
      no: false,
      OFF: false,
    })) {
      assert.equal(load(home, { env: { OPENCOMPAT_DEMO: text } }).config.demo, expected, text);
      assert.equal(load(home, { flags: { demo: text } }).config.demo, expected, text);
    }
    const env = { OPENCOMPAT_KEEPALIVE_INTERVAL: '2.5', OPENCOMPAT_ALLOWED_HOSTS: ' a.example , ,b.example ' };
    const { config } = load(home, { env, flags: { allowedOrigins: ['https://a.example,https://b.example', '*'] } });
    assert.equal(config.keepaliveInterval, 2.5);
    assert.deepEqual(config.allowedHosts, ['a.example', 'b.example']);
    assert.deepEqual(config.allowedOrigins, ['https://a.example', 'https://b.example', '*']);
  });

  test('a text that does not fit is at fault under the name it was given by', (t) => {
    const env = { OPENCOMPAT_DEMO: 'maybe', OPENCOMPAT_RATE_LIMIT: '1.5' };
    const faults = faultsOf(() => load(createHome(t), { env, flags: { port: 'http' } }));
    const told = faults.map(({ source, path, value, reason }) => [source, path, value, reason]);
    assert.deepEqual(
      new Set(told),
      new Set([
        ['OPENCOMPAT_RATE_LIMIT', 'rateLimit', 1.5, 'must be a whole number'],
        ['OPENCOMPAT_DEMO', 'demo', 'maybe', 'must be true or false'],
        ['--port', 'port', 'http', 'must be a whole number'],
      ]),
    );
  });

  test('times to refresh are minutes or cron expressions', (t) => {
    const home = createHome(t);
    for (const good of ['0', '15', '*/5 * * * *', '0 3 * * mon']) {
      const { modelsRefresh } = load(home, { env: { OPENCOMPAT_MODELS_REFRESH: good } }).config;
      assert.equal(String(modelsRefresh), good);
    }
    for (const bad of ['-1', '1.5', 'hourly', '61 * * * *', '99999999']) {
      const fault = onlyFault(() => load(home, { env: { OPENCOMPAT_MODELS_REFRESH: bad } }));
      assert.equal(fault.path, 'modelsRefresh', bad);
    }
  });

  test('the log is text for a person and JSON for a machine, unless it is said', (t) => {
    const home = createHome(t);
    assert.equal(load(home, { isTerminal: true }).config.logFormat, 'text');
    assert.equal(load(home, { isTerminal: false }).config.logFormat, 'json');
    assert.equal(load(home, { isTerminal: false, flags: { logFormat: 'text' } }).config.logFormat, 'text');
  });

  test('verbose is the log level debug', (t) => {
    const { config, origins } = load(createHome(t), { env: { OPENCOMPAT_VERBOSE: 'true' } });
    assert.equal(config.logLevel, 'debug');
    assert.equal(origins.get('logLevel'), 'environment');
  });

  test('a URL loses its last slash, for paths are appended to it', (t) => {
    const { config } = load(createHome(t), { env: { OPENCOMPAT_CHATGPT_BASE_URL: 'http://127.0.0.1:9/api/' } });
    assert.equal(config.chatgptBaseUrl, 'http://127.0.0.1:9/api');
  });
});

describe('instructions', () => {
  test('a mode, or a path relative to where it was given', (t) => {
    const home = createHome(t, {
      'etc/opencompat.config.yaml': 'instructions: ./prompt.md\n',
      'etc/prompt.md': 'Be brief.',
      'other.md': 'Be kind.',
    });
    const at = (env: Record<string, string>) => {
      const { instructions, instructionsFile } = load(home, { env }).config;
      return [instructions, instructionsFile];
    };
    assert.deepEqual(at({}), ['auto', undefined]);
    assert.deepEqual(at({ OPENCOMPAT_INSTRUCTIONS: 'off' }), ['auto', undefined]);
    assert.deepEqual(at({ OPENCOMPAT_INSTRUCTIONS: 'codex' }), ['codex', undefined]);
    const other = join(home, 'other.md');
    assert.deepEqual(at({ OPENCOMPAT_INSTRUCTIONS: 'file:other.md' }), ['file', other]);
    assert.deepEqual(at({ OPENCOMPAT_INSTRUCTIONS: 'other.md' }), ['file', other]);
    assert.deepEqual(at({ OPENCOMPAT_INSTRUCTIONS: 'file', OPENCOMPAT_INSTRUCTIONS_FILE: 'other.md' }), [
      'file',
      other,
    ]);
    const config = 'etc/opencompat.config.yaml';
    assert.deepEqual(at({ OPENCOMPAT_CONFIG: config }), ['file', join(home, 'etc/prompt.md')]);
    assert.deepEqual(at({ OPENCOMPAT_CONFIG: config, OPENCOMPAT_INSTRUCTIONS: 'other.md' }), ['file', other]);
  });

  test('what cannot work is refused', (t) => {
    const home = createHome(t);
    const faultOf = (env: Record<string, string>) => onlyFault(() => load(home, { env }));
    assert.equal(faultOf({ OPENCOMPAT_INSTRUCTIONS: 'file' }).code, 'OC_INSTRUCTIONS_WITHOUT_FILE');
    assert.equal(faultOf({ OPENCOMPAT_INSTRUCTIONS: 'codxe' }).nearest, 'codex');
    const missing = faultOf({ OPENCOMPAT_INSTRUCTIONS: './nowhere.md' });
    assert.deepEqual([missing.code, missing.source], ['OC_INSTRUCTIONS_FILE_MISSING', 'OPENCOMPAT_INSTRUCTIONS']);
  });
});

describe('faults', () => {
  test('all are reported together, with line, value, reason and the nearest name', (t) => {
    const yaml = [
      'prt: 9000', // 1
      'reasoningEffort: hihg',
      'chatgptBaseUrl: ftp://example.com', // 3
      'allowedOrigins:',
      '  - https://good.example', // 5
      '  - good.example/path',
      'aliases:', // 7
      '  gpt-4.1: 5',
      'middleware:', // 9
      '  - box: rate-limit',
      '    enabeld: false', // 11
      'keepaliveInterval: 400',
    ].join('\n');
    const faults = faultsOf(() =>
      loadYaml(t, yaml, { env: { OPENCOMPAT_MAX_CHOICES: '0' }, flags: { port: '70000' } }),
    );
    const told = faults.map(({ path, line, source, nearest }) => [line ?? source, path, nearest]);
    assert.deepEqual(told, [
      [1, 'prt', 'port'],
      [2, 'reasoningEffort', 'high'],
      [3, 'chatgptBaseUrl', undefined],
      [6, 'allowedOrigins[1]', undefined],
      [8, 'aliases["gpt-4.1"]', undefined],
      [11, 'middleware[0].enabeld', 'enabled'],
      [12, 'upstreamIdleTimeout', undefined],
      ['OPENCOMPAT_MAX_CHOICES', 'maxChoices', undefined],
      ['--port', 'port', undefined],
    ]);
  });

  test('the message is the whole list, for people', (t) => {
    const home = createHome(t, { 'opencompat.config.yaml': 'prt: 9000\nreasoningEffort: hihg\n' });
    assert.throws(() => load(home, { flags: { rateLimit: '-1' } }), {
      name: 'ConfigError',
      message: [
        `The configuration has 3 faults (file: ${join(home, 'opencompat.config.yaml')}):`,
        "  opencompat.config.yaml:1  prt: is not a known key here; did you mean 'port'?",
        "  opencompat.config.yaml:2  reasoningEffort = 'hihg': must be one of none, minimal, low, medium, high, xhigh, max; did you mean 'high'?",
        '  --rate-limit  rateLimit = -1: must be at least 0',
      ].join('\n'),
    });
  });

  test('a fault counts also where a stronger source would have overridden the value', (t) => {
    const fault = onlyFault(() => loadYaml(t, 'port: many\n', { flags: { port: '9000' } }));
    assert.deepEqual([fault.path, fault.line], ['port', 1]);
  });

  test('a broken file: syntax, keys that stand twice, no mapping, several documents', (t) => {
    const linesOf = (yaml: string) => faultsOf(() => loadYaml(t, yaml)).map(({ line }) => line);
    assert.deepEqual(linesOf('port: 1\nhost: a\nport: 2\n'), [3]);
    assert.deepEqual(linesOf('port: 1\nhost: "a\n').length, 1);
    assert.deepEqual(linesOf('- port: 1\n'), [1]);
    assert.deepEqual(linesOf('port: 1\n---\nport: 2\n'), [2]);
    assert.deepEqual(linesOf('apiKeys:\n  - &a key-1\n  - *b\n'), [3]);
    const json = createHome(t, { 'opencompat.config.json': '{\n  "port": 1,\n  "port": 2\n}' });
    assert.equal(onlyFault(() => load(json)).line, 3);
  });

  test('formats are checked', (t) => {
    const home = createHome(t);
    const refused = (env: Record<string, string>) => onlyFault(() => load(home, { env })).path;
    const accepted = (env: Record<string, string>) => assert.doesNotThrow(() => load(home, { env }));
    for (const url of ['example.com', 'ftp://a.example', 'https://a.example/?q', 'https://user:word@a.example']) {
      assert.equal(refused({ OPENCOMPAT_GITHUB_URL: url }), 'githubUrl', url);
    }
    for (const range of ['10.0.0.0/33', '10.1', 'localhost', '*', '0.0.0.0/0', '::/0']) {
      assert.equal(refused({ OPENCOMPAT_TRUSTED_PROXIES: range }), 'trustedProxies[0]', range);
    }
    accepted({ OPENCOMPAT_TRUSTED_PROXIES: '10.0.0.1,10.0.0.0/8,::1,fd00::/8,loopback,linklocal,uniquelocal' });
    for (const origin of ['a.example', 'https://a.example/page', 'https://user@a.example']) {
      assert.equal(refused({ OPENCOMPAT_ALLOWED_ORIGINS: origin }), 'allowedOrigins[0]', origin);
    }
    accepted({ OPENCOMPAT_ALLOWED_ORIGINS: '*,https://a.example:8443,app://obsidian.md' });
    for (const host of ['https://a.example', 'a.example:8080', 'a.example/x']) {
      assert.equal(refused({ OPENCOMPAT_ALLOWED_HOSTS: host }), 'allowedHosts[0]', host);
    }
    accepted({ OPENCOMPAT_ALLOWED_HOSTS: '*,a.example,192.168.1.2,[fd00::1]' });
  });

  test('a time longer than a timer can hold is refused', (t) => {
    assert.equal(
      onlyFault(() => load(createHome(t), { flags: { upstreamIdleTimeout: '3000000' } })).path,
      'upstreamIdleTimeout',
    );
  });

  test('values must fit each other; each rule has its code', (t) => {
    const broken: Record<string, string> = {
      OC_KEEPALIVE_ABOVE_IDLE_TIMEOUT: 'upstreamIdleTimeout: 10\nkeepaliveInterval: 10',
      OC_HEADERS_AFTER_REQUEST_TIMEOUT: 'requestTimeout: 5',
      OC_INSTRUCTIONS_WITHOUT_FILE: 'instructions: file',
      OC_INSTRUCTIONS_FILE_MISSING: 'instructions: ./nowhere.md',
      OC_CLIENT_NAME_TWICE: `clientKeys: [{ name: a, hash: "${hash}" }, { name: a, hash: "${hash}" }]`,
      OC_ADMIN_KEY_FOR_CLIENTS: `adminKeys: ["${hash}"]\nclientKeys: [{ name: a, hash: "${hash}" }]`,
      OC_PROVIDER_NAME: 'providers: { My_Box: { type: openai-compatible, baseURL: "http://localhost" } }',
      OC_PROVIDER_HEADER: 'providers: { box: { type: openai-compatible, headers: { Host: a } } }',
      OC_REDIS_WITHOUT_KEY: 'redis: redis://127.0.0.1',
      OC_MIDDLEWARE_BOX_OR_PLUGIN: 'middleware: [{ enabled: false }]',
      OC_MIDDLEWARE_PLACE: 'middleware: [{ plugin: ./p.ts, before: cors, after: cors }]',
    };
    for (const { code } of configChecks) {
      assert.ok(broken[code], `no example of ${code}`);
      const fault = onlyFault(() => loadYaml(t, broken[code]!));
      assert.deepEqual([fault.code, fault.line], [code, 1]);
    }
    assert.equal(
      onlyFault(() => loadYaml(t, 'middleware: [{ box: cors, before: proxy }]')).code,
      'OC_MIDDLEWARE_PLACE',
    );
    assert.equal(
      onlyFault(() => loadYaml(t, 'middleware: [{ box: cors, plugin: ./p.ts }]')).code,
      'OC_MIDDLEWARE_BOX_OR_PLUGIN',
    );
    assert.equal(onlyFault(() => loadYaml(t, 'trustedProxies: ["*"]')).code, 'OC_TRUST_PROXY_OPEN');
  });

  test('a client key has a name of its own among all keys, and is what a header can carry', (t) => {
    const named = (name: string) => `apiKeys: [one, two]\nclientKeys: [{ name: ${name}, hash: "${hash}" }]\n`;
    const fault = onlyFault(() => loadYaml(t, named('key-2')));
    assert.deepEqual([fault.path, fault.line, fault.code], ['clientKeys[0].name', 2, 'OC_CLIENT_NAME_TWICE']);
    assert.match(fault.reason, /apiKeys\[1\]/);
    loadYaml(t, named('key-3'));

    const { config } = load(createHome(t), { env: { OPENCOMPAT_API_KEYS: 'oc-a\r\noc-b\n,oc-c\r' } });
    assert.deepEqual(
      config.apiKeys.map((key) => key.reveal()),
      ['oc-a', 'oc-b', 'oc-c'],
    );
    for (const yaml of ['apiKeys:\n  - |\n    oc-a\n', 'apiKeys:\n  - "oc a"\n', 'apiKeys:\n  - "oc-ä"\n']) {
      const [unsendable] = faultsOf(() => loadYaml(t, yaml));
      assert.deepEqual([unsendable!.path, unsendable!.line, unsendable!.value], ['apiKeys[0]', 2, '[secret]']);
      assert.match(unsendable!.reason, /one word of printable ASCII/);
    }
  });

  test('hosts and origins are names or patterns that can match; everything else is a fault', (t) => {
    const allow = (key: string, value: string) => loadYaml(t, `${key}: [${JSON.stringify(value)}]\n`);
    for (const host of ['*', 'nas', '*.example.com', '.lan', 'fd00::5', '[fd00::5]', '::1', '10.0.0.1']) {
      allow('allowedHosts', host);
    }
    for (const host of ['foo*.com', '*.*.com', '**', 'a:80', '[::1]:80', 'http://a', 'a/b', '[zz]', '1::2::3', '']) {
      assert.match(onlyFault(() => allow('allowedHosts', host)).reason, /host name/, host);
    }
    for (const origin of [
      '*',
      'https://a.example/',
      'chrome-extension://*',
      'https://*.a.example',
      'http://b:*',
      'app://',
    ]) {
      allow('allowedOrigins', origin);
    }
    for (const origin of [
      'https://a*.example',
      '*://a',
      'https://a/b',
      'a.example',
      'https://*.*.a',
      'http*://a',
      'https://',
    ]) {
      assert.match(onlyFault(() => allow('allowedOrigins', origin)).reason, /origin such as/, origin);
    }
  });

  test('an IPv6 address to listen on may stand in brackets', (t) => {
    for (const host of ['::1', '[::1]']) {
      assert.equal(load(createHome(t), { env: { OPENCOMPAT_HOST: host } }).config.host, '::1');
    }
  });

  test('what YAML makes little of is a fault with its line', (t) => {
    const faultOf = (yaml: string) => {
      const { line, reason } = onlyFault(() => loadYaml(t, yaml));
      return [line, reason];
    };
    assert.deepEqual(faultOf('port: 1\nhost: a\nport: 2\n'), [3, 'the key port is there already: keep one of the two']);
    assert.match(faultOf('providers:\n  a: { type: demo }\n  a: { type: demo }\n').join(), /^3,the key a is/);
    assert.match(faultOf('apiKeys:\n  - !secret opencompat_key\n').join(), /^2,the tag !secret is not known/);
    assert.match(faultOf('apiKeys: [!env KEY]\n').join(), /^1,the tag !env is not known here; "\$\{NAME\}" stands/);
  });

  test('a file may begin with a byte order mark, and be UTF-16', (t) => {
    const home = createHome(t);
    const text = '\ufeffport: 4711\n';
    const swapped = Buffer.from(text, 'utf16le').swap16();
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le'), swapped]) {
      writeFileSync(join(home, 'opencompat.config.yaml'), bytes);
      assert.equal(load(home).config.port, 4711);
    }
  });

  test('neighbours in Kubernetes, and lines ends of Windows, do no harm', (t) => {
    const { config, warnings } = load(createHome(t), {
      env: {
        OPENCOMPAT_REDIS_PORT: 'tcp://10.0.0.2:6379',
        OPENCOMPAT_REDIS_SERVICE_HOST: '10.0.0.2',
        OPENCOMPAT_REDIS_PORT_6379_TCP: 'tcp://10.0.0.2:6379',
        OPENCOMPAT_RATE_LIMIT: '5\r',
      },
    });
    assert.equal(config.rateLimit, 5);
    assert.deepEqual(warnings, []);
  });

  test('a percent sign in the password of Redis is a fault, and not shown', (t) => {
    const env = {
      OPENCOMPAT_REDIS_URL: 'redis://:50%off@127.0.0.1:1',
      OPENCOMPAT_REDIS_ENCRYPTION_KEY: 'k'.repeat(32),
    };
    const fault = onlyFault(() => load(createHome(t), { env }));
    assert.match(fault.reason, /%25/);
    assert.doesNotMatch(inspect(fault), /off@/);
    load(createHome(t), { env: { ...env, OPENCOMPAT_REDIS_URL: 'redis://:50%25off@127.0.0.1:1' } });
  });

  test('redis: a URL, or a mapping; its secrets are masked', (t) => {
    const key = 'k'.repeat(32);
    for (const yaml of [
      `redis: redis://user:word@host:6379\nredisEncryptionKey: ${key}`,
      `redis: { url: "redis://user:word@host:6379", encryptionKey: ${key} }`,
    ]) {
      const loaded = loadYaml(t, yaml);
      const { redis } = loaded.config;
      assert.equal(redis?.url.reveal(), 'redis://user:word@host:6379');
      assert.equal(redis?.encryptionKey.reveal(), key);
      assert.equal(redis?.keyPrefix, 'opencompat:');
      assert.doesNotMatch(formatConfigReport(createConfigReport(loaded)), /word|kkkk/);
    }
    assert.match(onlyFault(() => loadYaml(t, `redis: http://host\nredisEncryptionKey: ${key}`)).reason, /redis:\/\//);
  });

  test('a value that is no value at all is not compared with others', (t) => {
    const faults = faultsOf(() => loadYaml(t, 'keepaliveInterval: soon\nmiddleware: 5\nclientKeys: [laptop]\n'));
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['keepaliveInterval', 'middleware', 'clientKeys[0]'],
    );
  });

  test('a fault that is found later gets its line', (t) => {
    const loaded = loadYaml(t, 'middleware:\n  - box: rate-limit\n    options:\n      burst: 5\n');
    const [fault, unlocated] = locateFaults(loaded, [
      { path: 'middleware[0].options.burst', reason: 'is wrong' },
      { path: 'plugins[0]', reason: 'is wrong' },
    ]);
    assert.equal(fault?.line, 4);
    assert.equal(unlocated?.line, undefined);
  });

  test('near names are found however they are written, and far ones are not offered', () => {
    const names = ['reasoningEffort', 'port', 'host'];
    assert.equal(nearestName('reasoning_effort', names), 'reasoningEffort');
    assert.equal(nearestName('REASONING-EFORT', names), 'reasoningEffort');
    assert.equal(nearestName('prot', names), 'port');
    assert.equal(nearestName('colour', names), undefined);
    assert.equal(nearestName('x', names), undefined);
    assert.equal(nearestName('', names), undefined);
  });
});

describe('references to the environment', () => {
  test('stand for its texts, read as the key wants them', (t) => {
    const yaml = [
      'port: ${PORT}',
      'apiKeys: ["${KEY}", plain]',
      'allowedHosts: ${HOSTS}',
      'oauthClientId: app-${PART}-$${PART}',
      'middleware: [{ plugin: ./p.ts, options: { token: "${KEY}" } }]',
    ].join('\n');
    const env = { PORT: '9000', KEY: 'oc-from-env\n', HOSTS: 'a.example,b.example', PART: 'x' };
    const { config, origins } = loadYaml(t, yaml, { env });
    assert.equal(config.port, 9000);
    assert.equal(origins.get('port'), 'file');
    assert.deepEqual(
      config.apiKeys.map((key) => key.reveal()),
      ['oc-from-env', 'plain'],
    );
    assert.deepEqual(config.allowedHosts, ['a.example', 'b.example']);
    assert.equal(config.oauthClientId, 'app-x-${PART}');
    assert.deepEqual(config.middleware[0]?.options, { token: 'oc-from-env' });
  });

  test('must be set', (t) => {
    const fault = onlyFault(() => loadYaml(t, 'host: a\napiKeys:\n  - "${NOWHERE}"\n'));
    assert.deepEqual([fault.path, fault.line, fault.value], ['apiKeys[0]', 3, '${NOWHERE}']);
  });

  test('are shown as written, in faults and in the report', (t) => {
    const env = { LEVEL: 'do-not-show', HOSTNAME_HERE: 'not-shown.example' };
    const fault = onlyFault(() => loadYaml(t, 'logLevel: ${LEVEL}\n', { env }));
    assert.equal(fault.value, '${LEVEL}');
    const report = formatConfigReport(createConfigReport(loadYaml(t, 'allowedHosts: ["${HOSTNAME_HERE}"]', { env })));
    assert.ok(report.includes('${HOSTNAME_HERE}') && !report.includes('not-shown'));
  });
});

test('the configuration is frozen all the way down', (t) => {
  const { config } = loadYaml(
    t,
    'aliases: { a: b }\nmiddleware: [{ plugin: ./p.ts, options: { deep: [{ x: 1 }] } }]\n',
  );
  const visit = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') return;
    assert.ok(Object.isFrozen(value), path);
    for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`);
  };
  visit(config, 'config');
  // Defaults are shared with nobody either.
  assert.notEqual(config.chatgptModels, configKeys.find(({ name }) => name === 'chatgptModels')?.schema.default);
});

describe('secrets', () => {
  const secretText = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/).map((text) => `S3CR3T${text}`);

  test('never show in a report, wherever they were given', (t) => {
    const home = createHome(t);
    fc.assert(
      fc.property(secretText, secretText, secretText, (inFile, inEnvironment, inOptions) => {
        fc.pre(inOptions !== inFile && inOptions !== inEnvironment);
        writeFileSync(
          join(home, 'opencompat.config.yaml'),
          [
            `apiKeys: ["${inFile}", "\${KEY}"]`,
            `clientKeys: [{ name: laptop, hash: "${hash}" }]`,
            `middleware: [{ plugin: ./p.ts, options: { apiKey: "${inOptions}", nested: { tokens: ["${inOptions}"] } } }]`,
            'providers:',
            `  box: { type: openai-compatible, baseURL: "http://x", apiKey: "${inFile}", headers: { X-Who: "\${KEY}" } }`,
            `  own: { plugin: ./p.ts, options: { apiKey: "${inOptions}" } }`,
          ].join('\n'),
        );
        for (const env of [
          { KEY: inEnvironment },
          { KEY: 'x', OPENCOMPAT_API_KEYS: `${inEnvironment},y`, OPENCOMPAT_OPENAI_API_KEY: inEnvironment },
        ]) {
          const loaded = load(home, { env });
          const report = createConfigReport(loaded);
          for (const text of [formatConfigReport(report), JSON.stringify(report)]) {
            for (const secret of [inFile, inEnvironment, inOptions, hash]) assert.ok(!text.includes(secret));
          }
          // What a plugin's options hold is for the plugin to read.
          for (const text of [JSON.stringify(loaded.config), inspect(loaded, { depth: null })]) {
            for (const secret of [inFile, inEnvironment]) assert.ok(!text.includes(secret));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('never show in a fault, whatever is wrong with them', (t) => {
    const home = createHome(t);
    const shapes: ((secret: string) => string)[] = [
      (secret) => `apiKeys: ${secret}`,
      (secret) => `apiKeys: { laptop: ${secret} }`,
      (secret) => `apiKeys: [[${secret}]]`,
      (secret) => `apiKey: ${secret}`,
      (secret) => `clientKeys: [${secret}]`,
      (secret) => `clientKeys: [{ name: laptop, hash: ${secret} }]`,
      (secret) => `clientKeys: [{ name: laptop, key: ${secret} }]`,
      (secret) => `chatgptBaseUrl: https://me:${secret}@a.example`,
      (secret) => `allowedOrigins: ["https://${secret}@a.example"]`,
      (secret) => `apiKeys: ["${secret}]`,
      (secret) => `openaiApiKey: [${secret}]`,
      (secret) => `openaiApiKey: "${secret} ü"`,
      (secret) => `providers: { a: { type: openai-compatible, apiKey: "${secret} ü" } }`,
      (secret) => `providers: { a: { type: openai-compatible, apiKey: [${secret}], headers: ${secret} } }`,
      (secret) => `providers: { a: { headers: { x: [${secret}], "y z": ${secret}, host: ${secret} } } }`,
      (secret) => `providers: { a: { type: openai-compatible, baseURL: "https://me:${secret}@a.example" } }`,
      (secret) => `apiKeys: ${secret}: ${secret}`,
      (secret) => `apiKeys: [${secret}]\napiKeys: [${secret}]`,
      (secret) => `port: \${TOKEN}\napiKeys: [${secret}]`,
    ];
    fc.assert(
      fc.property(secretText, fc.constantFrom(...shapes), (secret, shape) => {
        writeFileSync(join(home, 'opencompat.config.yaml'), shape(secret));
        const run = () => load(home, { env: { TOKEN: secret } });
        assert.throws(run, (error: Error) => !error.message.includes(secret));
      }),
    );
  });
});

describe('providers', () => {
  const box = 'type: openai-compatible, baseURL: "http://x"';

  test('keep their order, and their keys are secrets', (t) => {
    const yaml = `providers:\n  zoo: { ${box}, apiKey: abc, headers: { X-Who: "\${WHO}" } }\n  chatgpt: { enabled: false }\n  alpha: { ${box} }\nopenaiApiKey: def\n`;
    const { config } = loadYaml(t, yaml, { env: { WHO: 'me' } });
    assert.deepEqual(Object.keys(config.providers), ['zoo', 'chatgpt', 'alpha']);
    const { apiKey, headers, enabled } = config.providers.zoo! as {
      apiKey: Secret;
      headers: { 'X-Who': Secret };
      enabled: boolean;
    };
    assert.deepEqual([apiKey.reveal(), headers['X-Who'].reveal(), enabled], ['abc', 'me', true]);
    assert.equal(config.providers.chatgpt!.enabled, false);
    assert.equal(config.openaiApiKey!.reveal(), 'def');
    assert.ok(Object.isFrozen(config.providers.zoo));
  });

  test('what is of the wrong shape is told once, and the rest is checked all the same', (t) => {
    const yaml = [
      'providers:',
      '  a: { type: openai-compatible, baseURL: "ftp://x", timeout: 0, responses: maybe, models: [] }', // 2
      '  b: 5', // 3
      '  c: { type: nonsense }', // 4
      'openaiBaseUrl: nowhere', // 5
    ].join('\n');
    const run = () => loadYaml(t, yaml);
    assert.deepEqual(
      faultsOf(run).map(({ line, path }) => [line, path]),
      [
        [2, 'providers.a.baseURL'],
        [2, 'providers.a.models'],
        [2, 'providers.a.timeout'],
        [2, 'providers.a.responses'],
        [3, 'providers.b'],
        [5, 'openaiBaseUrl'],
      ],
    );
    assert.throws(run, (error) => {
      assert.ok(error instanceof FaultyConfigError);
      assert.deepEqual(Object.keys(error.parts.providers), ['c']);
      return true;
    });
  });

  test('names and headers that cannot be', (t) => {
    const codeOf = (entry: string) => onlyFault(() => loadYaml(t, `providers: { ${entry} }`)).code;
    for (const name of ['Box', 'my_box', '-a', 'a--b', '"a b"', '"a/b"', 'a'.repeat(41), '""']) {
      assert.equal(codeOf(`${name}: { ${box} }`), 'OC_PROVIDER_NAME', name);
    }
    for (const header of ['Content-Length', 'host', '"a b"', '"ü"', 'Connection']) {
      assert.equal(codeOf(`a: { ${box}, headers: { ${header}: x } }`), 'OC_PROVIDER_HEADER', header);
    }
    assert.match(
      onlyFault(() => loadYaml(t, `providers: { a: { ${box}, headers: { X: "a\\nb" } } }`)).path,
      /headers\.X/,
    );
    for (const name of ['a', 'a1', 'my-box-2']) loadYaml(t, `providers: { ${name}: { ${box} } }`);
  });
});

describe('the report', () => {
  test('is YAML with the effective values, and says where each came from', (t) => {
    const yaml = 'aliases:\n  gpt-4o: gpt-5.5\nrateLimit: 5\n';
    const loaded = loadYaml(t, yaml, { env: { OPENCOMPAT_PORT: '9000' }, flags: { demo: true } });
    const text = formatConfigReport(createConfigReport(loaded));
    const values = parse(text);
    assert.equal(values.port, 9000);
    assert.deepEqual(values.aliases, { 'gpt-4o': 'gpt-5.5' });
    for (const { name } of configKeys) assert.ok(name in values || text.includes(`# ${name} is not set`), name);
    const file = loaded.config.file;
    for (const line of [
      'host: 127.0.0.1 # default',
      'port: 9000 # environment OPENCOMPAT_PORT',
      'demo: true # flag --demo',
      `rateLimit: 5 # file ${file}:3`,
      `aliases: # file ${file}:1`,
      `# File: ${file}`,
    ]) {
      assert.ok(text.split('\n').includes(line), line);
    }
  });

  test('shows the chains when it is given them', (t) => {
    const chains = {
      'chat-completions': [
        { name: 'request-id', origin: 'built-in' },
        { name: 'effort-cap', origin: './effort-cap.ts' },
      ],
    };
    const report = createConfigReport(load(createHome(t)), { chains });
    assert.deepEqual(parse(formatConfigReport(report)).chains, { 'chat-completions': ['request-id', 'effort-cap'] });
    assert.match(formatConfigReport(report), /- effort-cap # \.\/effort-cap\.ts/);
    assert.deepEqual(report.chains, chains);
  });

  test('shows chains that are alike once', (t) => {
    const plain = [{ name: 'request-id', origin: 'built-in' }];
    const chains = { chat: plain, messages: [...plain, { name: 'mine', origin: './mine.ts' }], ollama: [...plain] };
    const shown = parse(formatConfigReport(createConfigReport(load(createHome(t)), { chains }))).chains;
    assert.deepEqual(shown, { 'chat, ollama': ['request-id'], messages: ['request-id', 'mine'] });
  });

  test('shows the providers in their order when it is given them', (t) => {
    const providers = [
      { name: 'box', origin: 'openai-compatible' },
      { name: 'chatgpt', origin: 'chatgpt' },
    ];
    const report = createConfigReport(load(createHome(t)), { providers });
    assert.match(
      formatConfigReport(report),
      /in which they are asked for a model\n# - box \(openai-compatible\)\n# - chatgpt\n/,
    );
    assert.deepEqual(report.providers, providers);
  });

  test('stays YAML whatever the values hold', (t) => {
    const home = createHome(t);
    fc.assert(
      fc.property(
        fc.string({
          minLength: 1,
          maxLength: 100,
          size: 'max',
          unit: fc.constantFrom(...'a1:#-|>"\'\\{[&*!%@ \t\n\ré'),
        }),
        (value) => {
          writeFileSync(
            join(home, 'opencompat.config.json'),
            JSON.stringify({ aliases: { a: value }, instructionsTag: value }),
          );
          const values = parse(formatConfigReport(createConfigReport(load(home))));
          assert.equal(values.aliases.a, value);
          assert.equal(values.instructionsTag, value);
        },
      ),
    );
  });
});

describe('the documentation', () => {
  test('names every key, variable, flag and code', () => {
    const docs = formatConfigDocs();
    const names = configKeys.flatMap(({ name, env, flag }) => [name, ...env, ...(flag ? [flag] : [])]);
    for (const name of [...names, ...configChecks.map(({ code }) => code)])
      assert.ok(docs.includes(`\`${name}\``), name);
  });
});
