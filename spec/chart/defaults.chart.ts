/** What `helm install opencompat ./chart` makes, value by value as it is documented. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { chartFolder } from './documented-values.ts';
import { type Manifest, renderChart } from './render.ts';

const rendered = renderChart();
const { pod, server } = rendered;
const statefulSet = rendered.get('StatefulSet');
const packageJson = JSON.parse(readFileSync(new URL('../package.json', chartFolder), 'utf8'));

const names = (list: readonly Manifest[]) => list.map(({ name }) => name);

test('the objects and their names', () => {
  assert.deepEqual(rendered.manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
    'ConfigMap opencompat',
    'Pod opencompat-test-connection',
    'Service opencompat',
    'Service opencompat-headless',
    'ServiceAccount opencompat',
    'StatefulSet opencompat',
  ]);
  assert.equal(rendered.warnings, '');
});

test('the chart is of the version of the program', () => {
  const chart = parse(readFileSync(new URL('Chart.yaml', chartFolder), 'utf8'));
  assert.equal(chart.appVersion, packageJson.version);
  assert.equal(chart.name, 'opencompat');
  assert.equal(chart.kubeVersion, '>=1.23.0-0');
});

test('labels and selectors', () => {
  const selector = { 'app.kubernetes.io/name': 'opencompat', 'app.kubernetes.io/instance': 'opencompat' };
  for (const { kind, metadata } of rendered.manifests) {
    if (kind === 'Pod') continue;
    assert.equal(metadata.namespace, 'ai');
    const { 'app.kubernetes.io/component': _, ...labels } = metadata.labels;
    assert.deepEqual(labels, {
      'helm.sh/chart': 'opencompat-1.0.0',
      ...selector,
      'app.kubernetes.io/version': packageJson.version,
      'app.kubernetes.io/managed-by': 'Helm',
    });
  }
  assert.deepEqual(statefulSet.spec.selector.matchLabels, selector);
  for (const name of ['opencompat', 'opencompat-headless']) {
    assert.deepEqual(rendered.get('Service', name).spec.selector, selector);
  }
  const testLabels = rendered.get('Pod').metadata.labels;
  assert.notEqual(testLabels['app.kubernetes.io/name'], 'opencompat', 'the service must not find the test');
});

test('one replica with a volume each for credentials and cache', () => {
  const { spec } = statefulSet;
  assert.equal(spec.replicas, 1);
  assert.equal(spec.serviceName, 'opencompat-headless');
  assert.deepEqual(spec.updateStrategy, { type: 'RollingUpdate' });
  const claims = spec.volumeClaimTemplates.map(({ metadata, spec: claim }: Manifest) => [metadata.name, claim]);
  assert.deepEqual(Object.fromEntries(claims), {
    data: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    cache: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
  });
  for (const { metadata } of spec.volumeClaimTemplates) {
    assert.deepEqual(Object.keys(metadata.labels), ['app.kubernetes.io/name', 'app.kubernetes.io/instance']);
  }
  const mounts = Object.fromEntries(server.volumeMounts.map((mount: Manifest) => [mount.name, mount.mountPath]));
  assert.deepEqual(mounts, { data: '/data', cache: '/cache', tmp: '/tmp' });
});

test('the image and how it is started', () => {
  assert.equal(server.image, `ghcr.io/edgard/opencompat:${packageJson.version}`);
  assert.equal(server.imagePullPolicy, 'IfNotPresent');
  assert.equal(server.command, undefined, "the image's entrypoint");
  assert.deepEqual(server.args, ['serve']);
  assert.deepEqual(server.ports, [{ name: 'http', containerPort: 8080, protocol: 'TCP' }]);
  assert.deepEqual(server.resources, {
    limits: { cpu: '1000m', memory: '512Mi' },
    requests: { cpu: '100m', memory: '128Mi' },
  });
});

test('the environment', () => {
  assert.deepEqual(rendered.get('ConfigMap').data, {
    OPENCOMPAT_HOST: '0.0.0.0',
    OPENCOMPAT_PORT: '8080',
    OPENCOMPAT_VERBOSE: 'false',
    OPENCOMPAT_REASONING_EFFORT: 'medium',
    OPENCOMPAT_REASONING_SUMMARY: 'auto',
    OPENCOMPAT_REASONING_COMPAT: 'none',
    OPENCOMPAT_TEXT_VERBOSITY: 'medium',
    OPENCOMPAT_INSTRUCTIONS_REFRESH: '1440',
    XDG_DATA_HOME: '/data',
    XDG_CACHE_HOME: '/cache',
  });
  assert.deepEqual(server.envFrom, [{ configMapRef: { name: 'opencompat' } }]);
  assert.equal(server.env, undefined);
  assert.equal(pod.spec.enableServiceLinks, false);
});

test('the secret is seeded by our own image, and need not exist', () => {
  assert.deepEqual(names(pod.spec.initContainers), ['seed-credentials']);
  const [seed] = pod.spec.initContainers;
  assert.equal(seed.image, server.image);
  assert.deepEqual(seed.args, ['seed-credentials', '--from', '/auth-seed/auth.json']);
  assert.deepEqual([seed.envFrom, seed.env], [server.envFrom, server.env]);
  const mounts = seed.volumeMounts.map(({ name, mountPath, readOnly }: Manifest) => [name, mountPath, readOnly]);
  assert.deepEqual(mounts.slice(0, 2), [
    ['data', '/data', undefined],
    ['auth-seed', '/auth-seed', true],
  ]);
  assert.deepEqual(pod.spec.volumes.find(({ name }: Manifest) => name === 'auth-seed').secret, {
    secretName: 'opencompat-auth',
    optional: true,
    defaultMode: 0o600,
    items: [{ key: 'auth.json', path: 'auth.json' }],
  });
  assert.ok(!names(server.volumeMounts).includes('auth-seed'), 'the server itself never sees it');
});

describe('probes', () => {
  const probes: [string, string, number, number, number, number][] = [
    ['startupProbe', '/health', 0, 1, 3, 70],
    ['livenessProbe', '/health', 30, 10, 5, 3],
    ['readinessProbe', '/ready', 0, 5, 3, 3],
  ];
  for (const [name, path, initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold] of probes) {
    test(name, () => {
      const timing = { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold };
      assert.deepEqual(server[name], { httpGet: { path, port: 'http' }, ...timing });
      const without = renderChart({ values: { [name]: { enabled: false } } });
      assert.equal(without.server[name], undefined);
      assert.equal(renderChart({ values: { [name]: { failureThreshold: 99 } } }).server[name].failureThreshold, 99);
    });
  }

  test('a start may take more than a minute', () => {
    const { initialDelaySeconds, periodSeconds, failureThreshold } = server.startupProbe;
    assert.ok(initialDelaySeconds + periodSeconds * failureThreshold > 60);
  });

  test('a server that has started is in service within two seconds', () => {
    const { startupProbe, readinessProbe } = server;
    assert.ok(startupProbe.initialDelaySeconds + startupProbe.periodSeconds + readinessProbe.initialDelaySeconds <= 2);
  });

  test('a Pod that is not ready does not block its own replacement', () => {
    assert.equal(statefulSet.spec.podManagementPolicy, 'OrderedReady');
  });
});

test('services', () => {
  const service = rendered.get('Service', 'opencompat').spec;
  assert.equal(service.type, 'ClusterIP');
  assert.deepEqual(service.ports, [{ name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP' }]);
  const headless = rendered.get('Service', 'opencompat-headless').spec;
  assert.equal(headless.clusterIP, 'None');
  assert.deepEqual(headless.ports, service.ports);
});

test('a service account of its own, and no token of it', () => {
  assert.equal(rendered.get('ServiceAccount').automountServiceAccountToken, false);
  assert.equal(pod.spec.serviceAccountName, 'opencompat');
  assert.equal(pod.spec.automountServiceAccountToken, false);
  const { pod: bare, has } = renderChart({ values: { serviceAccount: { create: false } } });
  assert.equal(bare.spec.serviceAccountName, 'default');
  assert.ok(!has('ServiceAccount'));
});

test('the Ingress, once it is enabled: without TLS, which nobody asked for', () => {
  const ingress = renderChart({ values: { ingress: { enabled: true } } }).get('Ingress');
  assert.deepEqual(ingress.metadata.annotations, {
    'nginx.ingress.kubernetes.io/proxy-body-size': '10m',
    'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
    'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
    'nginx.ingress.kubernetes.io/proxy-send-timeout': '3600',
  });
  const backend = { service: { name: 'opencompat', port: { name: 'http' } } };
  assert.deepEqual(ingress.spec, {
    ingressClassName: 'nginx',
    rules: [{ host: 'opencompat.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  });
});

test('the test asks the service four things with our own image', () => {
  const { metadata, spec } = rendered.get('Pod');
  assert.equal(metadata.annotations['helm.sh/hook'], 'test');
  assert.equal(spec.restartPolicy, 'Never');
  assert.equal(spec.containers[0].image, server.image);
  assert.deepEqual(spec.containers[0].args, ['check', '--url', 'http://opencompat:8080', '--wait', '60']);
});
