/** What the values make of the configuration, as the program itself reads it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type ConfigKey, configKeys, hasType } from '../../lib/config/keys.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { Secret } from '../../lib/secret.ts';
import { environmentOf, type Manifest, type Rendered, renderChart, valueFiles } from './render.ts';

/** The configuration that the server in the Pod would have. */
function configOf(rendered: Rendered, others: Record<string, string> = {}) {
  const env = environmentOf(rendered, rendered.server, others);
  const directory = mkdtempSync(join(tmpdir(), 'opencompat-chart-'));
  try {
    if (env.OPENCOMPAT_CONFIG) {
      const mount = rendered.server.volumeMounts.find(({ name }: Manifest) => name === 'config');
      assert.ok(env.OPENCOMPAT_CONFIG.startsWith(`${mount.mountPath}/`));
      const text = rendered.get('ConfigMap', 'opencompat-file').data['opencompat.config.yaml'];
      env.OPENCOMPAT_CONFIG = join(directory, 'opencompat.config.yaml');
      writeFileSync(env.OPENCOMPAT_CONFIG, text);
    }
    return loadConfig({ env, cwd: directory, isTerminal: false });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const redisUrl = 'redis://:password@redis:6379/0';
const redisVariables = { OPENCOMPAT_REDIS_URL: redisUrl, OPENCOMPAT_REDIS_ENCRYPTION_KEY: 'k'.repeat(32) };

for (const valuesOf of valueFiles()) {
  test(`the program takes the configuration of ${valuesOf}.yaml`, () => {
    const rendered = renderChart({ valuesOf });
    const { config, warnings } = configOf(rendered, {
      CLIENT_KEY: 'oc-key',
      POD_IP: '10.0.0.7',
      ...(valuesOf === 'redis-hpa' && redisVariables),
    });
    assert.deepEqual(warnings, []);
    assert.equal(config.redis !== undefined, valuesOf === 'redis-hpa' || valuesOf === 'everything');
    assert.equal(config.port, rendered.server.ports[0].containerPort);
    assert.equal(config.dataDir, '/data/opencompat');
    assert.equal(config.cacheDir, '/cache/opencompat');
  });
}

/** A value that is not the default and fits the program's checks. */
function sampleOf({ name, schema }: ConfigKey): unknown {
  const special: Record<string, unknown> = {
    host: '127.0.0.2',
    allowedHosts: ['a.example'],
    allowedOrigins: ['https://a.example', 'https://b.example'],
    trustedProxies: ['10.0.0.0/8', 'loopback'],
    clientKeys: [{ name: 'a', hash: `sha256:${'0'.repeat(64)}` }],
    aliases: { a: 'b' },
    prices: { 'gpt-*': { input: 1, output: 2 } },
    providers: { box: { type: 'openai-compatible', baseURL: 'http://box.example:8000/v1' } },
    instructions: 'codex',
    instructionsFile: '/prompts/own.md',
    instructionsRefresh: '0 3 * * *',
    chatgptClientVersion: '7.7.7',
    adminKeys: [`sha256:${'0'.repeat(64)}`],
    middleware: [{ box: 'rate-limit', enabled: false }],
    requestTimeout: 61,
    headersTimeout: 14,
    keepaliveInterval: 16,
    upstreamIdleTimeout: 299,
  };
  if (name in special) return special[name];
  if (schema.enum) return schema.enum.find((value) => value !== schema.default);
  if (schema.format === 'http-url') return 'https://mirror.example';
  if (hasType(schema, 'array')) return ['one', 'two'];
  if (hasType(schema, 'boolean')) return !schema.default;
  if (hasType(schema, 'integer') || hasType(schema, 'number')) return Number(schema.default) + 1;
  return 'a-text';
}

function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  return value instanceof Secret ? value.reveal() : value;
}

/** They belong together: below. */
const redisKeys = ['redis', 'redisEncryptionKey'];

for (const key of configKeys.filter(({ name }) => !redisKeys.includes(name))) {
  const { name } = key;
  test(`config.${name} reaches the program`, () => {
    const value = sampleOf(key);
    assert.notDeepEqual(value, key.schema.default);
    const { config } = configOf(renderChart({ values: { config: { [name]: value } } }), { POD_IP: '10.0.0.7' });
    const effective = reveal(config[name as keyof typeof config]);
    if (name === 'allowedHosts') assert.equal(config.allowedHosts[0], 'a.example');
    else if (name === 'middleware' || name === 'providers') assert.partialDeepStrictEqual(effective, value);
    else assert.deepEqual(effective, value);
  });
}

describe('Redis, however it is named, is what the server uses and what is seeded', () => {
  const encryptionKey = redisVariables.OPENCOMPAT_REDIS_ENCRYPTION_KEY;
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is the program that fills them in
  const ways: Record<string, object> = {
    'redis.url': { redis: { url: redisUrl, encryptionKey } },
    'redis.existingSecret': { redis: { existingSecret: 'r' } },
    'config.redis as a text': { config: { redis: redisUrl, redisEncryptionKey: encryptionKey } },
    'config.redis as a mapping': {
      config: { redis: { url: '${THE_URL}', keyPrefix: 'mine:' }, redisEncryptionKey: encryptionKey },
      extraEnv: [{ name: 'THE_URL', valueFrom: { secretKeyRef: { name: 'r', key: 'url' } } }],
    },
    'config.file': {
      config: { file: 'redis: { url: "${THE_URL}" }\nredisEncryptionKey: "${THE_KEY}"\n' },
      extraEnv: [
        { name: 'THE_URL', value: redisUrl },
        { name: 'THE_KEY', value: encryptionKey },
      ],
    },
  };
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  for (const [way, values] of Object.entries(ways)) {
    test(way, () => {
      const rendered = renderChart({ values: { ...values, replicaCount: 2 } });
      const others = { ...redisVariables, THE_URL: redisUrl };
      const [seeding] = rendered.pod.spec.initContainers;
      assert.deepEqual(environmentOf(rendered, seeding, others), environmentOf(rendered, rendered.server, others));
      const mounts = ({ volumeMounts }: Manifest) =>
        volumeMounts.filter(({ name }: Manifest) => name === 'config' || name === 'data');
      assert.deepEqual(mounts(seeding), mounts(rendered.server));
      const { redis } = configOf(rendered, others).config;
      assert.equal(redis?.url.reveal(), redisUrl);
      assert.equal(redis?.encryptionKey.reveal(), encryptionKey);
    });
  }
});

describe('config.file', () => {
  test('a text is kept to the letter, and counts instead of the values of the chart', () => {
    const file = '# A comment\nreasoningEffort: high # and another\naliases: { a: b }\n';
    const rendered = renderChart({ values: { config: { file, textVerbosity: 'low' } } });
    assert.equal(rendered.get('ConfigMap', 'opencompat-file').data['opencompat.config.yaml'].trim(), file.trim());
    assert.equal(rendered.get('ConfigMap', 'opencompat').data.OPENCOMPAT_REASONING_EFFORT, undefined);
    const { config } = configOf(rendered);
    assert.equal(config.reasoningEffort, 'high');
    assert.equal(config.textVerbosity, 'low');
    assert.deepEqual(config.aliases, { a: 'b' });
  });

  test('a mapping takes the keys that have no variable', () => {
    const { config } = configOf(
      renderChart({ values: { config: { file: { maxBodyBytes: 20971520 }, aliases: { a: 'b' } } } }),
    );
    assert.equal(config.maxBodyBytes, 20971520);
    assert.deepEqual(config.aliases, { a: 'b' });
  });

  test('no file, no mount', () => {
    const rendered = renderChart();
    assert.ok(!rendered.has('ConfigMap', 'opencompat-file'));
    assert.ok(!rendered.pod.spec.volumes.some(({ name }: Manifest) => name === 'config'));
  });
});

test('values may be given as numbers, booleans or texts', () => {
  for (const [port, verbose, maxBodyBytes] of [
    ['9001', 'true', '20971520'],
    [9001, true, 20971520],
  ]) {
    const rendered = renderChart({ values: { config: { port, verbose, maxBodyBytes } } });
    const { data } = rendered.get('ConfigMap');
    assert.equal(data.OPENCOMPAT_PORT, '9001');
    assert.equal(data.OPENCOMPAT_VERBOSE, 'true');
    assert.equal(data.OPENCOMPAT_MAX_BODY_BYTES, '20971520');
    assert.equal(rendered.server.ports[0].containerPort, 9001);
    assert.equal(rendered.get('Service', 'opencompat-headless').spec.ports[0].port, 9001);
    assert.equal(rendered.get('Service', 'opencompat').spec.ports[0].port, 8080);
  }
});

test('the OAuth client is a secret under the name of old and the name of the program', () => {
  for (const name of ['oauthClientID', 'oauthClientId']) {
    const rendered = renderChart({ values: { config: { [name]: 'app_other' } } });
    assert.deepEqual(Object.keys(rendered.get('Secret', 'opencompat').data), ['OPENCOMPAT_OAUTH_CLIENT_ID']);
    assert.equal(configOf(rendered).config.oauthClientId, 'app_other');
    assert.match(rendered.pod.metadata.annotations['checksum/secret'], /^[0-9a-f]{64}$/);
  }
  assert.ok(!renderChart().has('Secret'));
});

test('allowed hosts get the names by which the cluster asks', () => {
  const rendered = renderChart({ values: { config: { allowedHosts: ['api.example.org'] } } });
  const { config } = configOf(rendered, { POD_IP: '10.0.0.7' });
  assert.deepEqual(config.allowedHosts, [
    'api.example.org',
    'opencompat',
    'opencompat.ai',
    'opencompat.ai.svc',
    'opencompat.ai.svc.cluster.local',
    '10.0.0.7',
  ]);
  assert.deepEqual(rendered.server.env[0].valueFrom, { fieldRef: { fieldPath: 'status.podIP' } });
});

describe('a change of the configuration restarts the Pods, and nothing else does', () => {
  const checksum = (values: object, name: string) => renderChart({ values }).pod.metadata.annotations[name];

  test('checksum/config', () => {
    const seen = [
      {},
      { config: { logLevel: 'warn' } },
      { config: { file: { logLevel: 'warn' } } },
      { config: { file: { logLevel: 'error' } } },
      { plugins: { files: { 'a.mjs': '// one' } } },
      { plugins: { files: { 'a.mjs': '// two' } } },
    ].map((values) => checksum(values, 'checksum/config'));
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(checksum({ service: { port: 80 } }, 'checksum/config'), seen[0]);
  });

  test('checksum/config without the files, which the servers take up by themselves', () => {
    const of = (values: object) => checksum({ restartOnFileChange: false, ...values }, 'checksum/config');
    const first = of({ config: { file: { logLevel: 'warn' } }, plugins: { files: { 'a.mjs': '// one' } } });
    assert.equal(of({ config: { file: { logLevel: 'error' } }, plugins: { files: { 'a.mjs': '// two' } } }), first);
    assert.notEqual(of({ config: { logLevel: 'warn' } }), first);
  });

  test('checksum/secret', () => {
    const one = checksum({ config: { apiKeys: ['a'] } }, 'checksum/secret');
    assert.notEqual(checksum({ config: { apiKeys: ['b'] } }, 'checksum/secret'), one);
    assert.equal(checksum({ config: { apiKeys: ['a'] }, service: { port: 80 } }, 'checksum/secret'), one);
  });
});
