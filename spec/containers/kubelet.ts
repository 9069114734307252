/**
 * A rendered Pod as the kubelet runs it, by podman instead: its users, capabilities, file systems, limits, variables,
 * volumes with their owners and links, probes and hooks. What this does not know of a Pod it refuses, so that nothing of
 * the chart is passed over in silence. (That `runAsUser: 0` beside `runAsNonRoot` ends a Pod, it knows.)
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf, type Manifest, type Rendered } from '../chart/render.ts';
import { environment, image, type Outcome, run, succeed } from './support.ts';

/** Secrets and ConfigMaps that are not the chart's own: name → key → text. They may be changed between two starts. */
export type Objects = Record<string, Record<string, string>>;

export interface RunningPod {
  readonly url: string;
  /** What the init containers wrote. */
  readonly seeding: string;
  /** What the server wrote so far. */
  log(): string;
  /** Asks as a probe does. @returns the status, or 0 when there is no answer in time */
  probe(name: 'startupProbe' | 'livenessProbe' | 'readinessProbe'): Promise<number>;
  /** Runs a script in the server's container. */
  evaluate(script: string): Promise<string>;
  /** preStop, SIGTERM, and SIGKILL after the grace period. @returns the server's exit status */
  stop(): Promise<number | null>;
}

export interface Node {
  /** Address of every Pod here. */
  readonly podIp: string;
  /** Where a claim's volume is on this machine. */
  claim(name: string): string;
  /** Init containers one after the other, then the server; resolves when its startup probe has succeeded. */
  start(rendered: Rendered): Promise<RunningPod>;
  /** A Pod of one container, to its end. */
  runToEnd(rendered: Rendered, pod: Manifest): Promise<Outcome>;
}

/** As a node's own; on a machine without a network, loopback. */
function findAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

function assertKnown(object: Manifest, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  assert.deepEqual(unknown, [], `${what}: not known how the kubelet does that`);
}

/** Flags for what the two security contexts say; the container's counts where both say it. */
function securityFlags(spec: Manifest, container: Manifest): string[] {
  const ofPod = spec.securityContext;
  const own = container.securityContext;
  assertKnown(
    ofPod,
    ['runAsNonRoot', 'runAsUser', 'runAsGroup', 'fsGroup', 'fsGroupChangePolicy', 'seccompProfile'],
    'securityContext of the Pod',
  );
  assertKnown(
    own,
    ['allowPrivilegeEscalation', 'capabilities', 'readOnlyRootFilesystem', 'runAsNonRoot', 'runAsUser'],
    container.name,
  );
  assert.deepEqual(ofPod.seccompProfile, { type: 'RuntimeDefault' }, 'podman’s own profile is the runtime’s default');
  const user = own.runAsUser ?? ofPod.runAsUser;
  assert.ok(
    user !== 0 || !(own.runAsNonRoot ?? ofPod.runAsNonRoot),
    'container has runAsNonRoot and is to run as root',
  );
  return [
    `--user=${user}:${ofPod.runAsGroup}`,
    `--group-add=${ofPod.fsGroup}`,
    ...(own.readOnlyRootFilesystem ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...own.capabilities.drop.map((name: string) => `--cap-drop=${name}`),
    ...(own.allowPrivilegeEscalation ? [] : ['--security-opt=no-new-privileges']),
  ];
}

/** `1000m` and `512Mi` as podman takes them. */
function limitFlags({ limits }: Manifest): string[] {
  const cpus = /^(\d+)m$/.exec(limits.cpu);
  const memory = /^(\d+)Mi$/.exec(limits.memory);
  assert.ok(cpus && memory);
  return [`--cpus=${Number(cpus[1]) / 1000}`, `--memory=${memory[1]}m`];
}

/** The group may do what the owner may, and new files are the group's. */
async function giveToGroup(folder: string, group: number): Promise<void> {
  await chown(folder, 0, group);
  await chmod(folder, 0o2775);
}

/** Files as the kubelet's atomic writer lays them: a link to a link to the file, so that all change at once. */
async function writeProjected(folder: string, files: Record<string, string>, mode: number, group: number) {
  await giveToGroup(folder, group);
  const version = `..${randomBytes(6).toString('hex')}`;
  await mkdir(join(folder, version));
  await giveToGroup(join(folder, version), group);
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, version, name);
    await writeFile(path, text);
    await chown(path, 0, group);
    // Such a volume is read-only: the group may read, whatever the mode says of it.
    await chmod(path, mode | 0o440);
    await symlink(join('..data', name), join(folder, name));
  }
  await symlink(version, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
}

function pick(data: Record<string, string>, items?: readonly { key: string; path: string }[]): Record<string, string> {
  return items ? Object.fromEntries(items.map(({ key, path }) => [path, data[key]!])) : data;
}

export async function createNode(t: TestContext, objects: Objects = {}): Promise<Node> {
  const root = await mkdtemp(join(tmpdir(), 'opencompat-node-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const podIp = findAddress();
  const claim = (name: string) => join(root, 'claims', name);
  let pods = 0;

  /** The volumes of a Pod that starts: name → folder. Claims are there already, if the Pod was here before. */
  async function makeVolumes({ manifests }: Rendered, spec: Manifest, claims: readonly Manifest[]) {
    const group = spec.securityContext.fsGroup;
    const own = join(root, `pod-${++pods}`);
    const folders = new Map<string, string>();
    const make = async (name: string, folder: string) => {
      await mkdir(folder, { recursive: true });
      folders.set(name, folder);
      return folder;
    };
    const find = (kind: string, name: string) =>
      objects[name] ?? manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)?.data;
    for (const { metadata } of claims) {
      await giveToGroup(await make(metadata.name, claim(metadata.name)), group);
    }
    for (const { name, secret, configMap, emptyDir, ...rest } of spec.volumes ?? []) {
      assert.deepEqual(Object.keys(rest), [], `volume ${name}: not known how the kubelet does that`);
      const folder = await make(name, join(own, name));
      if (emptyDir) {
        await giveToGroup(folder, group);
        continue;
      }
      const source = secret ?? configMap;
      const data = secret ? find('Secret', secret.secretName) : find('ConfigMap', configMap.name);
      assert.ok(data || source.optional, `MountVolume.SetUp failed for volume ${name}`);
      await writeProjected(folder, data ? pick(data, source.items) : {}, source.defaultMode ?? 0o644, group);
    }
    return folders;
  }

  function flagsFor(rendered: Rendered, spec: Manifest, container: Manifest, folders: Map<string, string>): string[] {
    assert.match(container.image, /^ghcr\.io\/edgard\/opencompat:/);
    assert.equal(container.command, undefined);
    const references = Object.fromEntries(
      (container.env ?? []).map(({ name, valueFrom }: Manifest) => {
        const { name: object, key } = valueFrom?.secretKeyRef ?? {};
        return [name, valueFrom?.fieldRef ? podIp : objects[object]?.[key]];
      }),
    );
    const variables = environmentOf(rendered, container, references);
    return [
      ...['--pull=never', '--network=host', '--no-healthcheck', `--add-host=opencompat:${podIp}`],
      ...securityFlags(spec, container),
      ...limitFlags(container.resources),
      ...Object.entries(variables).map(([name, text]) => `--env=${name}=${text}`),
      ...(container.volumeMounts ?? []).map(
        ({ name, mountPath, readOnly }: Manifest) =>
          `--volume=${folders.get(name)}:${mountPath}:${readOnly ? 'ro' : 'rw'}`,
      ),
      image,
      ...container.args,
    ];
  }

  async function start(rendered: Rendered): Promise<RunningPod> {
    const { spec } = rendered.pod;
    const { server } = rendered;
    const folders = await makeVolumes(rendered, spec, rendered.get('StatefulSet').spec.volumeClaimTemplates ?? []);
    let seeding = '';
    for (const container of spec.initContainers) {
      const { status, out, err } = await run('podman', [
        'run',
        '--rm',
        ...flagsFor(rendered, spec, container, folders),
      ]);
      assert.equal(status, 0, out + err);
      seeding += out;
    }

    const name = `opencompat-pod-${randomBytes(6).toString('hex')}`;
    const args = ['run', '--rm', `--name=${name}`, ...flagsFor(rendered, spec, server, folders)];
    const child: ChildProcess = spawn('podman', args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (part) => (log += part));
    const ended = once(child, 'close').then(([status]) => status as number | null);
    t.after(async () => {
      await run('podman', ['rm', '--force', '--volumes', name]);
      await ended;
    });

    const port = server.ports.find((named: Manifest) => named.name === 'http').containerPort;
    const url = `http://${podIp}:${port}`;
    async function probe(which: string): Promise<number> {
      const { httpGet, timeoutSeconds } = server[which];
      assert.equal(httpGet.port, 'http');
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      const headers = { 'user-agent': 'kube-probe/1.37' };
      const answer = await fetch(url + httpGet.path, { signal, headers }).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status ?? 0;
    }
    // As patient as the chart says, but asking more often.
    const { initialDelaySeconds, periodSeconds, failureThreshold } = server.startupProbe;
    const deadline = performance.now() + 1000 * (initialDelaySeconds + periodSeconds * failureThreshold);
    while ((await probe('startupProbe')) !== 200) {
      assert.ok(child.exitCode === null && performance.now() < deadline, `The server did not start:\n${log}`);
      await sleep(50);
    }

    return {
      url,
      seeding,
      log: () => log,
      probe,
      evaluate: async (script) => (await succeed('podman', ['exec', name, '/nodejs/bin/node', '-e', script])).trim(),
      async stop() {
        const { sleep: pause, exec } = server.lifecycle.preStop;
        const kill = AbortSignal.timeout(spec.terminationGracePeriodSeconds * 1000);
        kill.addEventListener('abort', () => void run('podman', ['kill', '--signal=SIGKILL', name]));
        if (exec) await succeed('podman', ['exec', name, ...exec.command]);
        else await sleep(pause.seconds * 1000);
        await succeed('podman', ['kill', '--signal=SIGTERM', name]);
        return ended;
      },
    };
  }

  return {
    podIp,
    claim,
    start,
    async runToEnd(rendered, { spec }) {
      const folders = await makeVolumes(rendered, spec, []);
      assert.equal(spec.containers.length, 1);
      return run('podman', ['run', '--rm', ...flagsFor(rendered, spec, spec.containers[0], folders)]);
    },
  };
}
