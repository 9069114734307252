/** Values that cannot be meant are refused before anything is made, all of them together and in words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nearestName } from '../../lib/options/faults.ts';
import { readDocumentedValues } from './documented-values.ts';
import { type Manifest, refusalOf, renderChart } from './render.ts';

describe('a name that does not exist is told with the nearest that does', () => {
  const cases: [values: object, message: string][] = [
    [{ confg: {} }, "confg is not a value of this chart; did you mean 'config'?"],
    [{ livenessprobe: {} }, "livenessprobe is not a value of this chart; did you mean 'livenessProbe'?"],
    [{ service_account: {} }, "service_account is not a value of this chart; did you mean 'serviceAccount'?"],
    [{ replicas: 1 }, "replicas is not a value of this chart; did you mean 'replicaCount'?"],
    [
      { reasoningEffort: 'low' },
      "reasoningEffort is not a value of this chart; did you mean 'config.reasoningEffort'?",
    ],
    [{ config: { reasoningEfort: 'low' } }, "did you mean 'config.reasoningEffort'?"],
    [{ config: { prot: 1 } }, "config.prot is not a value of this chart; did you mean 'config.port'?"],
    [{ config: { oauthClientid: 'x' } }, "did you mean 'config.oauthClientI"],
    [{ ingress: { enabeld: true } }, "ingress.enabeld is not a value of this chart; did you mean 'ingress.enabled'?"],
    [{ persistence: { data: { storageclass: 'x' } } }, "did you mean 'persistence.data.storageClass'?"],
    [{ persistence: { enabled: false } }, 'persistence.enabled is not a value of this chart'],
    [{ metrics: { serviceMonitr: {} } }, "did you mean 'metrics.serviceMonitor'?"],
    [{ startupProbe: { failureTreshold: 1 } }, "did you mean 'startupProbe.failureThreshold'?"],
  ];
  for (const [values, message] of cases) {
    test(JSON.stringify(values), () => assert.ok(refusalOf(values).includes(message), refusalOf(values)));
  }

  test('nothing is suggested where nothing is near', () => {
    assert.match(refusalOf({ zzz: 1 }), /zzz is not a value of this chart\n/);
  });

  test('the nearest is the one that the program would name', () => {
    const names = readDocumentedValues().map(({ path }) => path[0]!);
    for (const wanted of [
      'imagee',
      'Redis',
      'tol-erations',
      'extra-env',
      'podlabel',
      'ingres',
      'autoscale',
      'tolerationz',
    ]) {
      const nearest = nearestName(wanted, names.toSorted());
      assert.ok(nearest, wanted);
      assert.ok(refusalOf({ [wanted]: 1 }).includes(`did you mean '${nearest}'?`), `${wanted}: ${nearest}`);
    }
  });

  test('mappings of Kubernetes take what Kubernetes takes', () => {
    renderChart({
      values: {
        resources: { limits: { 'ephemeral-storage': '1Gi' } },
        podSecurityContext: { supplementalGroups: [1] },
        ingress: { annotations: { anything: 'x' } },
        nodeSelector: { any: 'x' },
        global: { imageRegistry: 'for other charts' },
      },
    });
  });
});

test('all faults come together', () => {
  const refusal = refusalOf({ confg: {}, config: { prot: 1 }, replicaCount: 2 });
  assert.match(refusal, /The values have 3 faults:/);
  for (const fault of ['confg', 'config.prot', 'replicaCount: 2 needs Redis'])
    assert.ok(refusal.includes(fault), fault);
});

describe('values that do not fit each other', () => {
  const cases: [values: object, message: RegExp][] = [
    [{ replicaCount: 2 }, /replicaCount: 2 needs Redis: .*Set redis\.url or redis\.existingSecret/],
    [{ autoscaling: { enabled: true } }, /autoscaling\.enabled needs Redis/],
    [
      { redis: { url: 'redis://r' }, autoscaling: { enabled: true, minReplicas: 9 } },
      /minReplicas must not be more than/,
    ],
    [
      { replicaCount: 2, redis: { url: 'redis://r' }, persistence: { data: { existingClaim: 'one' } } },
      /persistence\.data\.existingClaim is one claim for several Pods/,
    ],
    [{ redis: { url: 'redis://r', existingSecret: 's' } }, /redis\.existingSecret stands for/],
    [{ redis: { url: 'redis://r' } }, /redis\.url needs redis\.encryptionKey/],
    [{ redis: { existingSecret: 's' }, config: { redis: 'redis://r' } }, /set one of the two/],
    [
      { config: { providers: { box: { baseURL: 'http://box', apiKey: 'sk-readable' } } } },
      /providers\.box\.apiKey would lie in a ConfigMap/,
    ],
    [{ config: { file: { apiKeys: ['oc-readable'] } } }, /apiKeys would lie in a ConfigMap/],
    [{ config: { redis: { url: 'redis://:pw@r' } } }, /redis would lie in a ConfigMap/],
    [{ config: { file: 'openaiApiKey: sk-readable' } }, /openaiApiKey would lie in a ConfigMap/],
    [
      { config: { file: 'a: 1', providers: { box: { baseURL: 'http://box' } } } },
      /config\.providers cannot be added to a config\.file that is a text/,
    ],
    [{ config: { file: { port: 1 } } }, /config\.file must not set port.*set config\.port/],
    [{ config: { file: 'host: 127.0.0.1' } }, /config\.file must not set host/],
    [{ config: { file: '- a list' } }, /config\.file is not YAML with a mapping/],
    [
      { config: { file: 'a: 1', aliases: { a: 'b' } } },
      /config\.aliases cannot be added to a config\.file that is a text/,
    ],
    [{ config: { apiKeys: ['a'] }, apiKeys: { existingSecret: 's' } }, /apiKeys\.existingSecret stands for/],
    [{ config: { oauthClientID: 'a', oauthClientId: 'b' } }, /are the same setting, and differ/],
    [{ config: { port: '0' } }, /config\.port must be a port/],
    [{ plugins: { files: { 'a.js': '' }, existingConfigMap: 'c' } }, /three ways to give the same/],
    [{ httpRoute: { enabled: true } }, /httpRoute\.enabled needs httpRoute\.parentRefs/],
    [
      { metrics: { serviceMonitor: { enabled: true } }, apiKeys: { existingSecret: 's' } },
      /serviceMonitor\.enabled needs metrics\.token\.existingSecret/,
    ],
    [
      {
        metrics: { serviceMonitor: { enabled: true } },
        config: { file: { clientKeys: [{ name: 'a', hash: 'sha256:' }] } },
      },
      /needs metrics\.token\.existingSecret/,
    ],
  ];
  for (const [values, message] of cases) {
    test(JSON.stringify(values), () => assert.match(refusalOf(values), message));
  }
});

describe('what Kubernetes does not let a StatefulSet change is refused beforehand', () => {
  const installed = renderChart().get('StatefulSet');
  const claims = installed.spec.volumeClaimTemplates;
  /** What the API server adds to a claim. */
  const stored = claims.map(({ spec, ...claim }: Manifest) => ({
    ...claim,
    spec: { ...spec, volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  }));
  const live = { ...installed, spec: { ...installed.spec, volumeClaimTemplates: stored } };

  /** What the chart says of an upgrade with these values; '' when it has nothing to say. */
  function objectionTo(values: object, found: object = live): string {
    const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: objection }
data: { text: {{ include "opencompat.unchangeable" (list $ (${JSON.stringify(JSON.stringify(found))} | fromJson)) | quote }} }
`;
    return renderChart({ values: { ...values, extraManifests: [template] } }).get('ConfigMap', 'objection').data.text;
  }

  test('nothing is said of what stays, of what may change, and of a first installation', () => {
    assert.equal(objectionTo({}), '');
    assert.equal(objectionTo({ replicaCount: 0, preStopSeconds: 1, image: { tag: 'x' } }), '');
    assert.equal(objectionTo({ persistence: { data: { size: '1024Mi' } } }), '');
    assert.equal(objectionTo({ persistence: { data: { enabled: false } } }, {}), '');
  });

  const cases: [values: object, names: string][] = [
    [{ persistence: { data: { enabled: false } } }, 'persistence.data'],
    [{ persistence: { cache: { existingClaim: 'mine' } } }, 'persistence.cache'],
    [
      { persistence: { data: { size: '2Gi' }, cache: { accessMode: 'ReadWriteMany' } } },
      'persistence.data, persistence.cache',
    ],
    [{ persistence: { data: { storageClass: 'fast' } } }, 'persistence.data'],
    [{ persistence: { cache: { storageClass: '-' } } }, 'persistence.cache'],
    [{ persistence: { data: { annotations: { a: 'b' } } } }, 'persistence.data'],
    [{ podManagementPolicy: 'Parallel' }, 'podManagementPolicy'],
    [{ nameOverride: 'compat' }, 'nameOverride'],
  ];
  for (const [values, names] of cases) {
    test(JSON.stringify(values), () => {
      const objection = objectionTo(values);
      assert.ok(objection.startsWith(`${names} cannot be changed`), objection);
      assert.match(objection, /kubectl delete statefulset opencompat --namespace ai/);
      assert.match(objection, /the volumes stay/);
    });
  }

  test('nobody is told to delete what takes the volumes along', () => {
    const spec = { ...live.spec, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } };
    const objection = objectionTo({ podManagementPolicy: 'Parallel' }, { ...live, spec });
    assert.match(objection, /persistence\.retentionPolicy\.whenDeleted=Retain/);
    assert.doesNotMatch(objection, /the volumes stay/);
  });
});

describe('values of the wrong kind', () => {
  const cases: [values: object, message: RegExp][] = [
    [{ replicaCount: 'two' }, /\/replicaCount': got string, want integer/],
    [{ service: { port: 99999 } }, /\/service\/port'/],
    [{ service: { type: 'clusterIP' } }, /\/service\/type': value must be one of 'ClusterIP'/],
    [{ image: { pullPolicy: 'always' } }, /\/image\/pullPolicy': value must be one of/],
    [{ image: { digest: 'sha256:abc' } }, /\/image\/digest'/],
    [{ config: { reasoningEffort: 'hihg' } }, /\/config\/reasoningEffort': value must be one of .*'high'/],
    [{ config: { port: 'http' } }, /\/config\/port'/],
    [{ config: { port: 99999 } }, /\/config\/port': maximum: got 99,?999, want 65,?535/],
    [{ config: { verbose: 'maybe' } }, /\/config\/verbose'/],
    [{ config: { rateLimit: -1 } }, /\/config\/rateLimit'/],
    [{ config: { clientKeys: [{ name: 'a' }] } }, /\/config\/clientKeys\/0': missing property 'hash'/],
    [{ persistence: { data: { accessMode: 'RWO' } } }, /\/persistence\/data\/accessMode'/],
    [{ redis: { url: 'http://redis' } }, /\/redis\/url'/],
    [{ redis: { url: 'redis://r', encryptionKey: 'short' } }, /\/redis\/encryptionKey'/],
    [{ ingress: { hosts: [{ host: 'a.example' }] } }, /\/ingress\/hosts\/0': missing property 'paths'/],
    [{ persistence: { data: false } }, /\/persistence\/data': got boolean, want object/],
  ];
  for (const [values, message] of cases) {
    test(JSON.stringify(values), () => assert.match(refusalOf(values), message));
  }
});
