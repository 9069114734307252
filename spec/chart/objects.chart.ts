/** What the values that are off by default make, and what they leave alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { planChains } from '../../lib/chain/plan.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { chartFolder } from './documented-values.ts';
import {
  environmentOf,
  type Manifest,
  newestKubernetes,
  oldestKubernetes,
  renderChart,
  renderNotes,
} from './render.ts';

const selector = { 'app.kubernetes.io/name': 'opencompat', 'app.kubernetes.io/instance': 'opencompat' };
const volume = (pod: Manifest, name: string) => pod.spec.volumes.find((entry: Manifest) => entry.name === name);

describe('names', () => {
  test('a release of another name keeps the chart in its names, an own name replaces both', () => {
    assert.equal(renderChart({ release: 'mine' }).get('StatefulSet').metadata.name, 'mine-opencompat');
    assert.equal(renderChart({ release: 'my-opencompat' }).get('StatefulSet').metadata.name, 'my-opencompat');
    const named = { fullnameOverride: 'x'.repeat(80) };
    for (const { kind, metadata } of renderChart({ values: named }).manifests) {
      // Names of services are labels of DNS, and a StatefulSet's is part of a label; others may be longer.
      if (kind !== 'Pod') assert.ok(metadata.name.length <= (kind === 'StatefulSet' ? 52 : 63), kind);
    }
  });

  test('common labels are everywhere but in selectors and claims', () => {
    const { manifests, get } = renderChart({ valuesOf: 'everything' });
    for (const { kind, metadata } of manifests) {
      if (/-(extra|text)$/.test(metadata.name)) continue;
      assert.equal(metadata.labels.team, 'ai', `${kind} ${metadata.name}`);
    }
    const { spec } = get('StatefulSet');
    assert.equal(spec.selector.matchLabels.team, undefined);
    for (const { metadata } of spec.volumeClaimTemplates) assert.equal(metadata.labels.team, undefined);
  });

  test('a digest counts instead of the tag', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = { repository: 'mirror.example/opencompat', tag: '3.0.0' };
    assert.equal(renderChart({ values: { image } }).server.image, 'mirror.example/opencompat:3.0.0');
    const { server } = renderChart({ values: { image: { ...image, digest } } });
    assert.equal(server.image, `mirror.example/opencompat@${digest}`);
  });
});

describe('storage', () => {
  test('off: memory of the Pod in its place, with the same limit', () => {
    const { pod, get } = renderChart({ valuesOf: 'no-persistence' });
    assert.equal(get('StatefulSet').spec.volumeClaimTemplates, undefined);
    assert.deepEqual(volume(pod, 'data'), { name: 'data', emptyDir: { sizeLimit: '1Gi' } });
    assert.deepEqual(volume(pod, 'cache'), { name: 'cache', emptyDir: { sizeLimit: '5Gi' } });
  });

  test('every mount of every value file has its volume', () => {
    for (const valuesOf of ['default', 'no-persistence', 'everything', 'plugins', 'config-file', 'redis-hpa']) {
      const { pod, get } = renderChart({ valuesOf });
      const claims = get('StatefulSet').spec.volumeClaimTemplates ?? [];
      const known = [...pod.spec.volumes, ...claims.map(({ metadata }: Manifest) => metadata)].map(({ name }) => name);
      for (const { volumeMounts = [] } of [...pod.spec.initContainers, ...pod.spec.containers]) {
        for (const { name } of volumeMounts) assert.ok(known.includes(name), `${valuesOf}: ${name}`);
      }
      assert.equal(new Set(known).size, known.length, `${valuesOf}: a volume twice`);
    }
  });

  test('storage classes, sizes, access modes, annotations', () => {
    const values = {
      data: { storageClass: 'fast', size: '2Gi', accessMode: 'ReadWriteOncePod', annotations: { a: 'b' } },
    };
    const cache = { storageClass: '-' };
    const rendered = renderChart({ values: { persistence: { ...values, cache } } });
    const claims = rendered.get('StatefulSet').spec.volumeClaimTemplates;
    const of = (name: string) => claims.find(({ metadata }: Manifest) => metadata.name === name);
    assert.equal(of('data').spec.storageClassName, 'fast');
    assert.deepEqual(of('data').spec.accessModes, ['ReadWriteOncePod']);
    assert.equal(of('data').spec.resources.requests.storage, '2Gi');
    assert.deepEqual(of('data').metadata.annotations, { a: 'b' });
    assert.equal(of('cache').spec.storageClassName, '');
  });

  test('what becomes of the claims, where Kubernetes can be told', () => {
    const of = (kubernetes: string) => {
      const { get } = renderChart({ kubernetes, valuesOf: 'everything' });
      return get('StatefulSet').spec.persistentVolumeClaimRetentionPolicy;
    };
    assert.deepEqual(of(newestKubernetes), { whenScaled: 'Delete' });
    assert.deepEqual(of('1.27.0'), { whenScaled: 'Delete' });
    assert.equal(of('1.26.9'), undefined);
    assert.equal(renderChart().get('StatefulSet').spec.persistentVolumeClaimRetentionPolicy, undefined);
  });

  test('a claim that exists', () => {
    const { pod, get } = renderChart({
      values: { persistence: { data: { existingClaim: '{{ .Release.Name }}-old' } } },
    });
    assert.deepEqual(volume(pod, 'data').persistentVolumeClaim, { claimName: 'opencompat-old' });
    assert.equal(get('StatefulSet').spec.volumeClaimTemplates.length, 1);
  });
});

test('the sign-in may be in a secret of another name', () => {
  const { pod } = renderChart({ values: { auth: { existingSecret: 'mine', key: 'codex.json' } } });
  const { secretName, items } = volume(pod, 'auth-seed').secret;
  assert.equal(secretName, 'mine');
  assert.deepEqual(items, [{ key: 'codex.json', path: 'auth.json' }]);
});

describe('client keys', () => {
  test('of a secret that exists reach the server and the test', () => {
    const { server, get } = renderChart({ values: { apiKeys: { existingSecret: 'keys', key: 'all' } } });
    const expected = { name: 'OPENCOMPAT_API_KEYS', valueFrom: { secretKeyRef: { name: 'keys', key: 'all' } } };
    assert.deepEqual(server.env, [expected]);
    const isContentWithDemo = { name: 'OPENCOMPAT_CHECK_DEMO', value: 'true' };
    assert.deepEqual(get('Pod').spec.containers[0].env, [expected, isContentWithDemo]);
  });

  test('of the values, and a key of the tests own', () => {
    const keys = { config: { apiKeys: ['oc-a', 'oc-b'] } };
    const rendered = renderChart({ values: keys });
    assert.equal(environmentOf(rendered, rendered.server).OPENCOMPAT_API_KEYS, 'oc-a,oc-b');
    assert.equal(environmentOf(rendered, rendered.get('Pod').spec.containers[0]).OPENCOMPAT_API_KEYS, 'oc-a,oc-b');
    const own = renderChart({ values: { ...keys, tests: { existingSecret: 'mine', key: 'k', model: 'gpt-5.5' } } });
    const [check] = own.get('Pod').spec.containers;
    assert.deepEqual(check.env[0].valueFrom.secretKeyRef, { name: 'mine', key: 'k' });
    assert.deepEqual(check.args.slice(-2), ['--model', 'gpt-5.5']);
  });
});

describe('more than one replica', () => {
  const variables = ['OPENCOMPAT_REDIS_URL', 'OPENCOMPAT_REDIS_ENCRYPTION_KEY'];

  test('with a secret that exists; the seeding knows Redis too', () => {
    const rendered = renderChart({ values: { replicaCount: 3, redis: { existingSecret: 'r', urlKey: 'u' } } });
    assert.equal(rendered.get('StatefulSet').spec.replicas, 3);
    for (const container of [rendered.server, rendered.pod.spec.initContainers[0]]) {
      const refs = container.env.filter(({ name }: Manifest) => variables.includes(name));
      assert.deepEqual(
        refs.map(({ valueFrom }: Manifest) => valueFrom.secretKeyRef),
        [
          { name: 'r', key: 'u' },
          { name: 'r', key: 'encryption-key' },
        ],
      );
    }
    assert.ok(!rendered.has('Secret'));
  });

  test('with values', () => {
    const url = 'redis://:pw@redis:6379/0';
    const encryptionKey = 'k'.repeat(32);
    const rendered = renderChart({ values: { replicaCount: 2, redis: { url, encryptionKey } } });
    for (const container of [rendered.server, rendered.pod.spec.initContainers[0]]) {
      const env = environmentOf(rendered, container);
      assert.deepEqual(
        variables.map((name) => env[name]),
        [url, encryptionKey],
      );
    }
  });

  test('scaled by the cluster, which then decides their number', () => {
    const { get } = renderChart({ valuesOf: 'redis-hpa' });
    assert.equal(get('StatefulSet').spec.replicas, undefined);
    const { spec } = get('HorizontalPodAutoscaler');
    assert.deepEqual(spec.scaleTargetRef, { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'opencompat' });
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [2, 5]);
    const aims = spec.metrics.map(({ resource }: Manifest) => [resource.name, resource.target.averageUtilization]);
    assert.deepEqual(aims, [
      ['cpu', 80],
      ['memory', 80],
    ]);
    assert.equal(spec.behavior.scaleDown.stabilizationWindowSeconds, 300);
    assert.ok(!renderChart().has('HorizontalPodAutoscaler'));
  });

  test('kept apart and kept up', () => {
    const { pod, get } = renderChart({ valuesOf: 'redis-hpa' });
    assert.deepEqual(pod.spec.topologySpreadConstraints[0].labelSelector.matchLabels, selector);
    const budget = get('PodDisruptionBudget').spec;
    assert.deepEqual(budget, { minAvailable: '50%', selector: { matchLabels: selector } });
    const byDefault = renderChart({ values: { podDisruptionBudget: { enabled: true } } }).get('PodDisruptionBudget');
    assert.equal(byDefault.spec.maxUnavailable, 1, 'one replica must not block a drain');
  });
});

describe('an orderly end', () => {
  test('Kubernetes waits by itself where it can, else our own node does: the image has no shell', () => {
    const at = (kubernetes: string) => renderChart({ kubernetes }).server.lifecycle.preStop;
    assert.deepEqual(at('1.30.0'), { sleep: { seconds: 5 } });
    assert.deepEqual(at(newestKubernetes), at('1.30.0'));
    assert.deepEqual(at('1.31.4-gke.100'), at('1.30.0'));
    for (const version of [oldestKubernetes, '1.29.9']) {
      assert.deepEqual(at(version).exec.command, ['/nodejs/bin/node', '-e', 'setTimeout(() => {}, 5000)']);
    }
  });

  test('the Pod is killed only when hook and drain must have ended', () => {
    const grace = (values: object) => renderChart({ values }).pod.spec.terminationGracePeriodSeconds;
    assert.equal(grace({}), 5 + 30 + 5);
    assert.equal(grace({ config: { shutdownGrace: 120 } }), 5 + 120 + 5);
    assert.equal(grace({ config: { file: 'shutdownGrace: 90' } }), 5 + 90 + 5);
    assert.equal(grace({ preStopSeconds: 20 }), 20 + 30 + 5);
    assert.equal(grace({ terminationGracePeriodSeconds: 7 }), 7);
    assert.equal(renderChart({ values: { preStopSeconds: 0 } }).server.lifecycle, undefined);
  });
});

describe('ways in', () => {
  test('hosts of the Ingress are rendered, and a path may stand alone', () => {
    const { spec } = renderChart({ valuesOf: 'ingress' }).get('Ingress');
    assert.equal(spec.rules[0].host, 'opencompat.example.org');
    assert.deepEqual(spec.tls[0].hosts, ['opencompat.example.org']);
    assert.equal(spec.rules[0].http.paths[0].pathType, 'Prefix');
  });

  describe('TLS of the Ingress, when it is asked for', () => {
    const hosts = [{ host: 'ai.example.org', paths: [{ path: '/' }] }];
    const issuer = 'cert-manager.io/cluster-issuer';
    const redirect = 'nginx.ingress.kubernetes.io/ssl-redirect';
    const render = (ingress: object) =>
      renderChart({ values: { ingress: { enabled: true, hosts, ...ingress } } }).get('Ingress');

    test('hosts alone get none: no certificate, no issuer, no redirect', () => {
      const { spec, metadata } = render({});
      assert.equal(spec.tls, undefined);
      assert.deepEqual(
        spec.rules.map(({ host }: Manifest) => host),
        ['ai.example.org'],
      );
      assert.equal(metadata.annotations[issuer], undefined);
      assert.equal(metadata.annotations[redirect], undefined);
    });

    test('a secret and its hosts bring the documented annotations along', () => {
      const tls = [{ secretName: 'ai-tls', hosts: ['ai.example.org'] }];
      const { spec, metadata } = render({ tls });
      assert.deepEqual(spec.tls, tls);
      assert.equal(metadata.annotations[issuer], 'letsencrypt-prod');
      assert.equal(metadata.annotations[redirect], 'true');
    });

    test('a secret alone is for all the hosts', () => {
      assert.deepEqual(render({ tls: [{ secretName: 'ai-tls' }] }).spec.tls, [
        { secretName: 'ai-tls', hosts: ['ai.example.org'] },
      ]);
    });

    test('annotations of one’s own are left as they are', () => {
      const annotations = { [issuer]: 'mine', [redirect]: 'false' };
      for (const tls of [[], [{ secretName: 'ai-tls' }]]) {
        const made = render({ tls, annotations }).metadata.annotations;
        assert.deepEqual([made[issuer], made[redirect]], ['mine', 'false']);
      }
    });

    test('the notes tell each host by its own scheme', () => {
      const two = [...hosts, { host: 'plain.example.org', paths: [{ path: '/' }] }];
      const tls = [{ secretName: 'ai-tls', hosts: ['ai.example.org'] }];
      const notes = renderNotes({ ingress: { enabled: true, hosts: two, tls } });
      assert.match(notes, /https:\/\/ai\.example\.org\/v1/);
      assert.match(notes, /http:\/\/plain\.example\.org\/v1/);
    });
  });

  test('HTTPRoute', () => {
    const route = renderChart({ valuesOf: 'gateway' }).get('HTTPRoute');
    assert.equal(route.apiVersion, 'gateway.networking.k8s.io/v1');
    assert.deepEqual(route.spec, {
      parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
      hostnames: ['opencompat.example.org'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: 'opencompat', port: 80 }],
          timeouts: { request: '1h' },
        },
      ],
    });
  });

  test('a service of another type and port', () => {
    const { spec, metadata } = renderChart({ valuesOf: 'everything' }).get('Service', 'opencompat');
    assert.equal(spec.type, 'LoadBalancer');
    assert.deepEqual(spec.loadBalancerSourceRanges, ['10.0.0.0/8']);
    assert.deepEqual(spec.ports, [{ name: 'http', port: 443, targetPort: 'http', protocol: 'TCP', nodePort: 30443 }]);
    assert.equal(metadata.annotations['example.org/balancer'], 'internal');
  });

  test('NetworkPolicy: in to the port from whom is named and from the test, out to DNS and the named ports', () => {
    const { spec } = renderChart({ valuesOf: 'ingress' }).get('NetworkPolicy');
    assert.deepEqual(spec.podSelector.matchLabels, selector);
    assert.deepEqual(spec.policyTypes, ['Ingress', 'Egress']);
    assert.deepEqual(spec.ingress[0].ports, [{ port: 'http', protocol: 'TCP' }]);
    assert.equal(spec.ingress[0].from.length, 2);
    const testLabels = renderChart({ valuesOf: 'ingress' }).get('Pod').metadata.labels;
    for (const [name, value] of Object.entries(spec.ingress[0].from[1].podSelector.matchLabels)) {
      assert.equal(testLabels[name], value);
    }
    const out = spec.egress.flatMap(({ ports }: Manifest) =>
      ports.map(({ port, protocol }: Manifest) => `${port} ${protocol}`),
    );
    assert.deepEqual(out, ['53 UDP', '53 TCP', '5353 UDP', '5353 TCP', '443 TCP']);
    const open = renderChart({ values: { networkPolicy: { enabled: true } } }).get('NetworkPolicy');
    assert.equal(open.spec.ingress[0].from, undefined);
  });
});

describe('plugins', () => {
  test('in the values: mounted where the configuration names them, and good for the program', async () => {
    const rendered = renderChart({ valuesOf: 'plugins' });
    assert.deepEqual(volume(rendered.pod, 'plugins').configMap, { name: 'opencompat-plugins' });
    const mount = rendered.server.volumeMounts.find((entry: Manifest) => entry.name === 'plugins');
    assert.deepEqual(mount, { name: 'plugins', mountPath: '/plugins', readOnly: true });

    const folder = mkdtempSync(join(tmpdir(), 'opencompat-chart-'));
    try {
      const plugins = rendered.get('ConfigMap', 'opencompat-plugins').data;
      for (const [name, source] of Object.entries<string>(plugins)) writeFileSync(join(folder, name), source);
      const text: string = rendered.get('ConfigMap', 'opencompat-file').data['opencompat.config.yaml'];
      const file = join(folder, 'opencompat.config.yaml');
      writeFileSync(file, text.replaceAll(`${mount.mountPath}/`, './'));
      const { config } = loadConfig({ env: {}, flags: { config: file } });
      const { chains } = await planChains(config, ['chat-completions']);
      const names = chains.get('chat-completions')!.map(({ middleware }) => middleware.name);
      assert.equal(names.indexOf('effort-cap'), names.indexOf('validate') + 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('of a ConfigMap that exists, or any volume', () => {
    const of = (plugins: object) => volume(renderChart({ values: { plugins } }).pod, 'plugins');
    assert.deepEqual(of({ existingConfigMap: 'mine' }), { name: 'plugins', configMap: { name: 'mine' } });
    const image = { image: { reference: 'plugins:1' } };
    assert.deepEqual(of({ volume: image }), { name: 'plugins', ...image });
    assert.equal(of({}), undefined);
  });
});

describe('monitoring', () => {
  const values = {
    metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true }, dashboard: { enabled: true } },
  };
  const rendered = renderChart({ values });

  test('ServiceMonitor: one endpoint for each Pod, with a key where keys are asked for', () => {
    const { spec } = rendered.get('ServiceMonitor');
    assert.deepEqual(spec.endpoints, [{ port: 'http', path: '/metrics', interval: '30s', scrapeTimeout: '10s' }]);
    const isSelected = ({ metadata: { labels } }: Manifest) =>
      Object.entries(spec.selector.matchLabels).every(([name, value]) => labels[name] === value) &&
      spec.selector.matchExpressions.every(({ key, operator, values }: Manifest) => {
        assert.equal(operator, 'NotIn');
        return !values.includes(labels[key]);
      });
    const selected = rendered.manifests.filter((manifest) => manifest.kind === 'Service').filter(isSelected);
    assert.deepEqual(
      selected.map(({ metadata }) => metadata.name),
      ['opencompat'],
    );
    const { spec: withKey, metadata } = renderChart({ valuesOf: 'everything' }).get('ServiceMonitor');
    assert.deepEqual(withKey.endpoints[0].authorization, { credentials: { name: 'opencompat-metrics', key: 'key' } });
    const scrape = { serviceMonitor: { enabled: true } };
    const ofToken = renderChart({ values: { metrics: { ...scrape, token: { existingSecret: 'scrape' } } } });
    const credentialsOf = (chart: typeof ofToken) => chart.get('ServiceMonitor').spec.endpoints[0].authorization;
    assert.deepEqual(credentialsOf(ofToken), { credentials: { name: 'scrape', key: 'token' } });
    assert.deepEqual(ofToken.server.env.find(({ name }: Manifest) => name === 'OPENCOMPAT_METRICS_TOKEN').valueFrom, {
      secretKeyRef: { name: 'scrape', key: 'token' },
    });
    const ofConfig = renderChart({ values: { metrics: scrape, config: { metricsToken: 'a-token-of-prometheus' } } });
    assert.deepEqual(credentialsOf(ofConfig), { credentials: { name: 'opencompat', key: 'OPENCOMPAT_METRICS_TOKEN' } });
    assert.equal(metadata.labels.release, 'prometheus');
  });

  const dashboard = JSON.parse(rendered.get('ConfigMap', 'opencompat-dashboard').data['opencompat.json']);
  const panels = (): string[] =>
    dashboard.panels.flatMap(({ targets }: Manifest) => targets.map(({ expr }: Manifest) => expr));

  test('alerts and panels are well-formed (spec/routes/metrics.spec.ts holds their metrics to a real scrape)', () => {
    const [group] = rendered.get('PrometheusRule').spec.groups;
    const rules: string[] = group.rules.map(({ expr }: Manifest) => expr);
    assert.deepEqual(
      group.rules.map(({ alert }: Manifest) => alert),
      [
        'OpenCompatDown',
        'OpenCompatErrors',
        'OpenCompatAnswersCut',
        'OpenCompatLimitReached',
        'OpenCompatSignInEnded',
        'OpenCompatAliasSpent',
        'OpenCompatConfigurationRefused',
        'OpenCompatSignInUnsaved',
        'OpenCompatRefreshFails',
        'OpenCompatQuotaNearlySpent',
        'OpenCompatSlowToAnswer',
        'OpenCompatEventLoopBlocked',
        'OpenCompatUsageUnrecorded',
      ],
    );
    assert.ok(panels().length >= 8);
    for (const expr of [...rules, ...panels()]) {
      assert.equal(expr.split('(').length, expr.split(')').length, expr);
      assert.equal(expr.split('{').length, expr.split('}').length, expr);
    }
    assert.equal(new Set(dashboard.panels.map(({ id }: Manifest) => id)).size, dashboard.panels.length);
  });

  const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
  test('promtool takes them', { skip: !hasPromtool && 'NOT CHECKED: there is no promtool' }, () => {
    const { groups } = rendered.get('PrometheusRule').spec;
    // Grafana puts in the variables.
    const queries = panels().map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'));
    const asRules = queries.map((expr, index) => ({ record: `panel:${index}`, expr }));
    const folder = mkdtempSync(join(tmpdir(), 'opencompat-rules-'));
    try {
      const file = join(folder, 'rules.yaml');
      writeFileSync(file, stringify({ groups: [...groups, { name: 'panels', rules: asRules }] }));
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the dashboard is found by its label, and further rules stand beside ours', () => {
    assert.equal(rendered.get('ConfigMap', 'opencompat-dashboard').metadata.labels.grafana_dashboard, '1');
    const { spec } = renderChart({ valuesOf: 'everything' }).get('PrometheusRule');
    assert.equal(spec.groups[0].rules.at(-1).alert, 'OpenCompatQuiet');
  });

  test('nothing of it by default', () => {
    const kinds = new Set(renderChart().manifests.map(({ kind }) => kind));
    for (const kind of [
      'ServiceMonitor',
      'PrometheusRule',
      'HTTPRoute',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Ingress',
    ]) {
      assert.ok(!kinds.has(kind), kind);
    }
  });
});

test('what is extra is taken, with its templates rendered', () => {
  const { pod, server, get } = renderChart({ valuesOf: 'everything' });
  assert.deepEqual(server.env.at(-1), { name: 'RELEASE', value: 'opencompat' });
  assert.deepEqual(server.envFrom.at(-1), { configMapRef: { name: 'proxy-settings' } });
  assert.ok(volume(pod, 'ca'));
  assert.ok(server.volumeMounts.some(({ mountPath }: Manifest) => mountPath === '/etc/company-ca'));
  assert.deepEqual(
    [...pod.spec.initContainers, ...pod.spec.containers].map(({ name }: Manifest) => name),
    ['wait', 'seed-credentials', 'opencompat', 'sidecar'],
  );
  assert.ok(get('ConfigMap', 'opencompat-extra'));
  assert.ok(get('ConfigMap', 'opencompat-text'));
  assert.equal(pod.metadata.annotations['example.org/release'], 'opencompat');
  assert.equal(pod.metadata.labels.tier, 'api');
  const { nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets } = pod.spec;
  assert.deepEqual(nodeSelector, { 'kubernetes.io/arch': 'amd64' });
  assert.equal(tolerations[0].key, 'dedicated');
  assert.ok(affinity.podAntiAffinity);
  assert.equal(priorityClassName, 'important');
  assert.deepEqual(imagePullSecrets, [{ name: 'registry' }]);
});

describe('what is told after an installation', () => {
  test('how to reach it, how to sign in, and that anyone can use it', () => {
    const notes = renderNotes();
    assert.match(notes, /kubectl port-forward -n ai service\/opencompat 8080:8080/);
    assert.match(notes, /There is no secret opencompat-auth/);
    assert.match(notes, /kubectl create secret generic opencompat-auth -n ai --from-file=auth\.json=/);
    assert.match(notes, /ANYONE WHO REACHES THIS SERVER CAN USE IT/);
    assert.match(notes, /helm test opencompat -n ai/);
  });

  test('the public address, and no warning where none is due', () => {
    const notes = renderNotes({ ingress: { enabled: true }, apiKeys: { existingSecret: 'k' } });
    assert.match(notes, /base URL: http:\/\/opencompat\.example\.com\/v1/);
    assert.doesNotMatch(notes, /ANYONE|port-forward/);
    assert.match(notes, /All clients count as one/);
    const trusting = { ingress: { enabled: true }, config: { trustedProxies: ['10.0.0.0/8'] } };
    assert.doesNotMatch(renderNotes(trusting), /All clients count as one/);
    assert.match(renderNotes({ persistence: { data: { enabled: false } } }), /Credentials are not kept/);
  });
});

test('the schema describes every value', () => {
  const schema = JSON.parse(readFileSync(new URL('values.schema.json', chartFolder), 'utf8'));
  const values = parse(readFileSync(new URL('values.yaml', chartFolder), 'utf8'));
  assert.deepEqual(Object.keys(schema.properties), Object.keys(values));
  for (const name of Object.keys(values.config)) assert.ok(schema.properties.config.properties[name], name);
});

describe('values that Kubernetes would refuse as they are', () => {
  test('pull secrets by their name alone', () => {
    const { pod } = renderChart({ values: { imagePullSecrets: ['mirror', { name: 'other' }] } });
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'mirror' }, { name: 'other' }]);
  });

  test('numbers and switches in variables, annotations and labels become texts', () => {
    const numbers = {
      'example.com/port': 8080,
      'example.com/on': true,
      'example.com/size': 10485760,
      text: 'as it is',
    };
    const texts = {
      'example.com/port': '8080',
      'example.com/on': 'true',
      'example.com/size': '10485760',
      text: 'as it is',
    };
    const { get, pod, server } = renderChart({
      values: {
        extraEnv: [
          { name: 'COUNT', value: 3 },
          { name: 'IS_ON', value: false },
          { name: 'NAMED', value: '{{ .Release.Name }}' },
          { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
        podAnnotations: numbers,
        podLabels: { build: 7 },
        commonLabels: { tier: 1 },
        service: { annotations: numbers },
        serviceAccount: { annotations: numbers },
        ingress: { enabled: true, annotations: numbers },
        persistence: { data: { annotations: numbers } },
      },
    });
    const variable = (wanted: string) => server.env.find(({ name }: Manifest) => name === wanted);
    assert.equal(variable('COUNT').value, '3');
    assert.equal(variable('IS_ON').value, 'false');
    assert.equal(variable('NAMED').value, 'opencompat');
    assert.deepEqual(variable('SECRET').valueFrom, { secretKeyRef: { name: 's', key: 'k' } });
    const annotated = [
      pod,
      get('Service', 'opencompat'),
      get('ServiceAccount'),
      get('Ingress'),
      get('StatefulSet').spec.volumeClaimTemplates[0],
    ];
    for (const { metadata } of annotated) {
      for (const [name, text] of Object.entries(texts)) assert.equal(metadata.annotations[name], text);
    }
    assert.equal(pod.metadata.labels.build, '7');
    assert.equal(get('StatefulSet').metadata.labels.tier, '1');
  });

  test('claims name their kind, as the API server writes them', () => {
    for (const { apiVersion, kind } of renderChart().get('StatefulSet').spec.volumeClaimTemplates) {
      assert.deepEqual([apiVersion, kind], ['v1', 'PersistentVolumeClaim']);
    }
  });
});

test('DNS may answer on port 53 and, as on OpenShift, on 5353', () => {
  const [dns] = renderChart({ values: { networkPolicy: { enabled: true } } }).get('NetworkPolicy').spec.egress;
  const ports = dns.ports.map(({ port, protocol }: Manifest) => `${port}/${protocol}`);
  assert.deepEqual(ports.toSorted(), ['53/TCP', '53/UDP', '5353/TCP', '5353/UDP']);
});

test('the limit of a body reaches nginx, unless the annotation says another', () => {
  const sizeOf = (values: object) =>
    renderChart({ values }).get('Ingress').metadata.annotations['nginx.ingress.kubernetes.io/proxy-body-size'];
  const ingress = { enabled: true };
  assert.equal(sizeOf({ ingress }), '10m');
  assert.equal(sizeOf({ ingress, config: { maxBodyBytes: 20971520 } }), '20971520');
  assert.equal(sizeOf({ ingress, config: { file: { maxBodyBytes: 31457280 } } }), '31457280');
  const annotations = { 'nginx.ingress.kubernetes.io/proxy-body-size': '1m' };
  assert.equal(sizeOf({ ingress: { ...ingress, annotations }, config: { maxBodyBytes: 20971520 } }), '1m');
});

test('allowed hosts of the file keep the names that Prometheus and `helm test` use', () => {
  for (const file of [{ allowedHosts: ['api.example.org'] }, 'allowedHosts: [api.example.org]\n']) {
    const { server } = renderChart({ values: { config: { file } } });
    const hosts = server.env.find(({ name }: Manifest) => name === 'OPENCOMPAT_ALLOWED_HOSTS').value.split(',');
    assert.deepEqual(hosts.slice(0, 3), ['api.example.org', 'opencompat', 'opencompat.ai']);
    assert.equal(hosts.at(-1), '$(POD_IP)');
  }
});
