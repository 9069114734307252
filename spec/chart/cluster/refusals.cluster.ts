/** Values that the API server would refuse, with words about objects nobody wrote, are refused by the chart before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../render.ts';
import { chart, run } from './operator.ts';

const values: object[] = [
  { replicaCount: -1 },
  { service: { type: 'clusterIP' } },
  { service: { port: 0 } },
  { service: { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0'] } },
  { fullnameOverride: 'Open_Compat' },
  { commonLabels: { team: 'a b' } },
  { serviceAccount: { name: 'Mine' } },
  { persistence: { data: { size: '10 GB' } } },
  { persistence: { data: { accessMode: 'RWO' } } },
  { persistence: { retentionPolicy: { whenDeleted: 'Keep' } } },
  { podManagementPolicy: 'Ordered' },
  { updateStrategy: { type: 'Recreate' } },
  { resources: { limits: { memory: '512MB' } } },
  { startupProbe: { periodSeconds: 0, timeoutSeconds: -1 } },
  { readinessProbe: { failureThreshold: -1 } },
  { livenessProbe: { periodSeconds: -5 } },
  { terminationGracePeriodSeconds: -1 },
  { podDisruptionBudget: { enabled: true, minAvailable: 'half' } },
  { ingress: { enabled: true, hosts: [{ host: 'Example.org', paths: [{ path: '/' }] }] } },
  { ingress: { enabled: true, hosts: [{ host: 'a.example:8080', paths: [{ path: '/' }] }] } },
  { ingress: { enabled: true, hosts: [{ host: 'a.example', paths: [{ path: 'v1' }] }] } },
  { ingress: { enabled: true, hosts: [{ host: 'a.example', paths: [{ path: '/', pathType: 'prefix' }] }] } },
  { networkPolicy: { enabled: true, egressPorts: [70000] } },
  { httpRoute: { enabled: true, parentRefs: [{ name: 'g' }], hostnames: ['a.example:443'] } },
  { httpRoute: { enabled: true, parentRefs: [{ name: 'g' }], timeouts: { request: '1 hour' } } },
  { metrics: { serviceMonitor: { enabled: true, interval: '30 s' } } },
  { plugins: { files: { 'my plugin.mjs': '' } } },
  { extraEnv: [{ value: 'x' }] },
  { tolerations: [{ key: 'a', operator: 'equals' }] },
];

describe('refused by Kubernetes, and by the chart beforehand', () => {
  for (const given of values) {
    test(JSON.stringify(given), async () => {
      const input = JSON.stringify(given);
      // What the chart would make without its checks.
      const args = ['template', 'opencompat', chart, '--skip-schema-validation', '--no-hooks', '--values', '-'];
      const rendered = await run('helm', args, { input });
      if (rendered.status === 0) {
        const apply = ['apply', '--dry-run=server', '--namespace', 'default', '--filename', '-'];
        const { status, out } = await run('kubectl', apply, { input: rendered.out });
        assert.notEqual(status, 0, `Kubernetes takes it:\n${out}`);
      }
      refusalOf(given);
    });
  }
});
