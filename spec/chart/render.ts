/** Renders the chart with helm (which must be on the PATH) and reads what came out. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { chartFolder } from './documented-values.ts';

/** The newest Kubernetes that the chart is checked with, and the oldest that it runs on. */
export const newestKubernetes = '1.37.0';
export const oldestKubernetes = '1.23.0';

/** An object of Kubernetes; tests know what they look for in it. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
export type Manifest = Record<string, any>;

export interface RenderOptions {
  /** As in a file of values. */
  values?: object;
  /** A file of `chart/ci/`, without its ending. */
  valuesOf?: string;
  /** Default: the newest. */
  kubernetes?: string;
  /** Default `opencompat`. */
  release?: string;
  /** Default `ai`. */
  namespace?: string;
}

export interface Rendered {
  readonly manifests: readonly Manifest[];
  /** What helm wrote to standard error. */
  readonly warnings: string;
  /** The one object of a kind (and a name). Throws when there is none, or more than one. */
  get(kind: string, name?: string): Manifest;
  has(kind: string, name?: string): boolean;
  /** The Pod that the StatefulSet makes. */
  readonly pod: Manifest;
  /** The container that is the server. */
  readonly server: Manifest;
}

const chart = fileURLToPath(chartFolder);

function runHelm(options: RenderOptions): { status: number | null; stdout: string; stderr: string } {
  const { values = {}, valuesOf, kubernetes = newestKubernetes, release = 'opencompat', namespace = 'ai' } = options;
  const args = ['template', release, chart, '--namespace', namespace, '--kube-version', kubernetes];
  if (valuesOf) args.push('--values', fileURLToPath(new URL(`ci/${valuesOf}.yaml`, chartFolder)));
  // Helm reads YAML 1.1, where a bare `off` is false.
  const input = stringify(values, { version: '1.1' });
  const result = spawnSync('helm', [...args, '--values', '-'], { input, encoding: 'utf8' });
  if (result.error) throw result.error;
  return result;
}

/** @throws AssertionError with helm's words when the chart refuses the values */
export function renderChart(options: RenderOptions = {}): Rendered {
  const { status, stdout, stderr } = runHelm(options);
  assert.equal(status, 0, stderr);
  const documents = parseAllDocuments(stdout);
  assert.ok(Array.isArray(documents));
  const manifests = documents.flatMap((document) => {
    assert.deepEqual(document.errors, []);
    return document.contents === null ? [] : [document.toJS() as Manifest];
  });
  const find = (kind: string, name?: string) =>
    manifests.filter((manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name));
  const get = (kind: string, name?: string) => {
    const found = find(kind, name);
    assert.equal(found.length, 1, `${kind} ${name ?? ''}: ${found.length} objects`);
    return found[0]!;
  };
  return {
    manifests,
    warnings: stderr,
    get,
    has: (kind, name) => find(kind, name).length > 0,
    get pod() {
      return get('StatefulSet').spec.template;
    },
    get server() {
      return get('StatefulSet').spec.template.spec.containers[0];
    },
  };
}

/** Helm's words of refusal. @throws AssertionError when it does not refuse */
export function refusalOf(values: object): string {
  const { status, stderr } = runHelm({ values });
  assert.notEqual(status, 0, 'helm took the values');
  return stderr;
}

/** Names of the value files in `chart/ci/`, without their ending. */
export function valueFiles(): string[] {
  return readdirSync(new URL('ci/', chartFolder)).map((name) => name.replace(/\.yaml$/, ''));
}

/**
 * A container's environment as the kubelet makes it: `envFrom` in its order, then `env`.
 * @param others texts for what is not among the rendered objects: `NAME` of a variable, else '' is taken
 */
export function environmentOf(
  { manifests }: Pick<Rendered, 'manifests'>,
  container: Manifest,
  others: Record<string, string> = {},
): Record<string, string> {
  const dataOf = (kind: string, name: string): Record<string, string> => {
    const data = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)?.data ?? {};
    if (kind === 'ConfigMap') return data;
    return Object.fromEntries(
      Object.entries<string>(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]),
    );
  };
  const env: Record<string, string> = {};
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    Object.assign(env, configMapRef ? dataOf('ConfigMap', configMapRef.name) : dataOf('Secret', secretRef.name));
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const ref = valueFrom?.secretKeyRef;
    const text = value ?? others[name] ?? (ref && dataOf('Secret', ref.name)[ref.key]) ?? '';
    env[name] = text.replace(/\$\((\w+)\)/g, (whole: string, variable: string) => env[variable] ?? whole);
  }
  return env;
}

/** What the chart tells after an installation: rendered as an extra object, because `helm template` leaves it out. */
export function renderNotes(values: object = {}): string {
  const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: rendered-notes }
data: { notes: {{ include "opencompat.notes" . | quote }} }
`;
  return renderChart({ values: { ...values, extraManifests: [template] } }).get('ConfigMap', 'rendered-notes').data
    .notes;
}
