/** Every Pod of every value file keeps the restricted Pod Security Standard (Kubernetes documentation, "Pod Security Standards"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Manifest, oldestKubernetes, renderChart, valueFiles } from './render.ts';

const allowedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function assertRestricted(spec: Manifest): void {
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) assert.ok(!spec[name], name);
  assert.equal(spec.securityContext.runAsNonRoot, true);
  assert.notEqual(spec.securityContext.runAsUser, 0);
  assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault');
  for (const { name, ...source } of spec.volumes ?? []) {
    for (const type of Object.keys(source)) assert.ok(allowedVolumes.has(type), `volume ${name} is a ${type}`);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const { securityContext = {}, ports = [] } = container;
    assert.equal(securityContext.allowPrivilegeEscalation, false, container.name);
    assert.deepEqual(securityContext.capabilities?.drop, ['ALL'], container.name);
    assert.equal(securityContext.capabilities.add, undefined, container.name);
    assert.ok(!securityContext.privileged, container.name);
    assert.notEqual(securityContext.runAsUser, 0, container.name);
    assert.notEqual(securityContext.runAsNonRoot, false, container.name);
    for (const { hostPort } of ports) assert.ok(!hostPort, container.name);
  }
}

for (const valuesOf of valueFiles()) {
  for (const kubernetes of [oldestKubernetes, undefined]) {
    test(`${valuesOf}.yaml on Kubernetes ${kubernetes ?? 'of today'}`, () => {
      const rendered = renderChart({ valuesOf, kubernetes });
      const pods = [rendered.pod, rendered.get('Pod')];
      for (const { spec } of pods) {
        assertRestricted(spec);
        assert.equal(spec.automountServiceAccountToken, false);
      }
      const own = pods.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);
      for (const container of own.filter(({ image }) => image === rendered.server.image)) {
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
        assert.equal(container.securityContext.runAsUser, 65532);
        assert.ok(container.resources.limits.memory, 'memory is bounded');
      }
    });
  }
}

test('volumes are writable for the one user without a container that is root', () => {
  const { securityContext } = renderChart().pod.spec;
  assert.deepEqual(
    { user: securityContext.runAsUser, group: securityContext.runAsGroup, volumes: securityContext.fsGroup },
    { user: 65532, group: 65532, volumes: 65532 },
  );
});

test('users may be left to the cluster, as OpenShift has it', () => {
  const podSecurityContext = { runAsUser: null, runAsGroup: null, fsGroup: null };
  const { pod, get } = renderChart({ values: { podSecurityContext, securityContext: { runAsUser: null } } });
  for (const { spec } of [pod, get('Pod')]) {
    assertRestricted(spec);
    assert.doesNotMatch(JSON.stringify(spec), /runAsUser|runAsGroup|"fsGroup"/);
  }
});

test('no secret is in a ConfigMap, an argument or a plain variable', () => {
  const secrets = ['app_planted', 'oc-planted', 'planted-password', 'planted-encryption-key-of-32-chars'];
  const { manifests, get } = renderChart({
    values: {
      config: { oauthClientID: secrets[0], apiKeys: [secrets[1]] },
      redis: { url: `redis://:${secrets[2]}@redis:6379`, encryptionKey: secrets[3] },
    },
  });
  for (const manifest of manifests) {
    if (manifest.kind === 'Secret') continue;
    const text = JSON.stringify(manifest);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${manifest.kind} ${manifest.metadata.name}`);
  }
  const held = Object.values<string>(get('Secret').data).map((text) => Buffer.from(text, 'base64').toString());
  for (const secret of secrets) assert.ok(held.some((text) => text.includes(secret)));
});
