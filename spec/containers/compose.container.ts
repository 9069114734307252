/**
 * docker/README.md, followed word by word: its commands are run, in their order, with podman in the place of Docker. And the
 * Compose files, held to what they promise. Not part of `npm test`: `.ci/check-containers` runs it.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { configSchema } from '../../lib/config/schema.ts';
import { FakeAccount } from '../support/fake-credentials.ts';
import { environment, findFreePort, run, succeed } from './support.ts';

const sources = fileURLToPath(new URL('../../docker', import.meta.url));
const readme = await readFile(join(sources, 'README.md'), 'utf8');
const here = dirname(fileURLToPath(import.meta.url));

function commandsOf(name: string): string {
  const found = new RegExp(`<!-- run: ${name} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(readme);
  assert.ok(found, name);
  return found[1]!;
}

describe('the README', () => {
  let work: string;
  let folder: string;

  /** The commands behind `<!-- run: NAME -->`, where the ones before them were run. */
  function follow(name: string, cwd = folder): Promise<string> {
    // In a container or on a bare machine one is root, and there is no sudo.
    const script = `cd ${cwd}; type sudo >/dev/null 2>&1 || sudo() { "$@"; }\n${commandsOf(name)}`;
    const path = `${here}${delimiter}${environment.PATH}`;
    return succeed('timeout', ['120', 'bash', '-euo', 'pipefail', '-c', script], { PATH: path });
  }

  const log = async (service: string) => {
    const { out, err } = await run('podman', ['logs', `opencompat_${service}_1`]);
    return out + err;
  };

  /** What the commands leave in podman, also those of a run that was cut short. */
  async function clear(): Promise<void> {
    // Those of `run` carry a number of their own, and keep the service's address as long as they are there.
    const { out } = await run('podman', ['ps', '--all', '--quiet', '--filter', 'name=^opencompat_']);
    await run('podman', ['rm', '--force', ...out.split('\n').filter(Boolean)]);
    await run('podman', ['network', 'rm', '--force', 'opencompat_front']);
    await run('podman', ['volume', 'rm', '--force', 'opencompat_data', 'opencompat_cache']);
  }

  before(async () => {
    await clear();
    work = await mkdtemp(join(tmpdir(), 'opencompat-readme-'));
    folder = join(work, 'docker');
    await cp(sources, folder, { recursive: true });
  });
  after(async () => {
    await clear();
    await rm(work, { recursive: true, force: true });
  });

  test('from nothing to an answer through TLS, with a key', async () => {
    await follow('settings', work);
    const settings = await readFile(join(folder, '.env'), 'utf8');
    const [http, https] = [await findFreePort(), await findFreePort()];
    await writeFile(join(folder, '.env'), settings.replace('PORT=80\n', `PORT=${http}\n`).replace('=443', `=${https}`));
    for (const name of ['certificate', 'key', 'start']) await follow(name);

    const models = JSON.parse(await follow('ask'));
    assert.deepEqual(
      models.data.map(({ id }: { id: string }) => id),
      ['demo', 'demo-embeddings'],
    );
    const lines = (await log('opencompat')).split('\n').filter((line) => line.includes('"/v1/models"'));
    assert.equal(JSON.parse(lines[0]!).client, 'laptop');
    for (const name of ['opencompat', 'nginx']) await succeed('podman', ['healthcheck', 'run', `opencompat_${name}_1`]);
    assert.doesNotMatch(await log('opencompat'), /ANYONE WHO REACHES|"level":"error"|is not one that is read/);
  });

  test('nginx alone is believed, and nothing but nginx is published', async () => {
    const ports = await succeed('podman', ['ps', '--format', '{{.Names}} {{.Ports}}']);
    assert.match(ports, /opencompat_nginx_1 .*->8443/);
    assert.doesNotMatch(ports, /opencompat_opencompat_1 \S*->/);
    const facts = JSON.parse(await succeed('podman', ['inspect', 'opencompat_opencompat_1', 'opencompat_nginx_1']));
    const nginx = facts[1].NetworkSettings.Networks.opencompat_front.IPAddress;
    assert.ok(facts[0].Config.Env.includes(`OPENCOMPAT_TRUSTED_PROXIES=${nginx}`));
    for (const { HostConfig, EffectiveCaps } of facts) {
      assert.equal(HostConfig.ReadonlyRootfs, true);
      assert.deepEqual(EffectiveCaps ?? [], []);
      assert.ok(HostConfig.SecurityOpt.some((option: string) => option.startsWith('no-new-privileges')));
    }
  });

  test('a sign-in moves in, and out again', async () => {
    const { tokens, accountId } = new FakeAccount();
    const signIn = { access_token: tokens.accessToken, refresh_token: tokens.refreshToken, account_id: accountId };
    const path = join(folder, 'auth.json');
    await writeFile(path, JSON.stringify({ tokens: signIn }));
    await succeed('podman', ['stop', 'opencompat_opencompat_1']);
    await follow('put-in');
    await rm(path);
    await follow('take-out');
    const stored = JSON.parse(await readFile(path, 'utf8'));
    assert.equal(stored.chatgpt.refresh_token, tokens.refreshToken);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  test('two replicas: both are as the one was, share what is to be shared, and nginx knows both', async () => {
    const aside = join(work, 'replicas');
    await cp(sources, aside, { recursive: true });
    await cp(join(aside, 'env.example'), join(aside, '.env'));
    await follow('replicas', aside);
    const config = await succeed('bash', ['-c', `cd ${aside} && ${join(here, 'docker')} compose config`]);
    const { services, networks } = parse(config);
    assert.deepEqual(Object.keys(services).sort(), ['nginx', 'opencompat', 'opencompat-2', 'valkey']);
    const { opencompat: first, 'opencompat-2': second } = services;
    const { environment, depends_on, networks: _, ...rest } = second;
    assert.deepEqual(rest, { extends: { file: 'compose.yaml', service: 'opencompat' } });
    for (const [name, text] of Object.entries(environment)) assert.equal(first.environment[name], text, name);
    assert.equal(environment.OPENCOMPAT_REDIS_URL, 'redis://valkey:6379');
    assert.equal(environment.OPENCOMPAT_REDIS_ENCRYPTION_KEY.length, 44);
    assert.deepEqual(depends_on, first.depends_on);
    const addresses = [first, second].map((own) => own.networks.front.ipv4_address);
    assert.equal(new Set(addresses).size, 2);
    const known = [...services.nginx.environment.OPENCOMPAT_SERVERS.matchAll(/server (\S+):8080/g)];
    assert.deepEqual(
      known.map(([, address]) => address),
      addresses,
    );
    assert.equal(networks.state.internal, true);
    for (const own of [first, second]) assert.deepEqual(Object.keys(own.networks), ['front', 'state']);
    assert.deepEqual([services.valkey.networks].flat(), ['state']);
    assert.equal(services.valkey.ports, undefined);
  });

  test('the site for nginx without containers is one that nginx takes', async () => {
    await follow('host-nginx');
    const main = 'events {} http { include opencompat.conf; }';
    await writeFile(join(folder, 'main.conf'), main);
    await cp(join(sources, 'nginx'), join(folder, 'opencompat'), { recursive: true });
    const { status, err } = await run('nginx', ['-t', '-p', folder, '-c', 'main.conf']);
    assert.equal(status, 0, err);
  });
});

describe('the Compose files', () => {
  const names = ['compose.yaml', 'compose.ollama.yaml', 'compose.valkey.yaml'];

  for (const name of names) {
    test(`${name}: every service of its own is confined and comes back`, async () => {
      const { services } = parse(await readFile(join(sources, name), 'utf8'));
      const own = Object.values<Record<string, unknown>>(services).filter(({ image }) => image !== undefined);
      assert.ok(own.length > 0);
      for (const service of own) {
        assert.equal(service.read_only, true);
        assert.deepEqual(service.cap_drop, ['ALL']);
        assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
        assert.equal(service.restart, 'unless-stopped');
        assert.doesNotMatch(String(service.image), /:latest$|^[^:]*$/);
      }
    });
  }

  test('the image has the tag of the version, which is what is built', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const { services } = parse(await readFile(join(sources, 'compose.yaml'), 'utf8'));
    assert.equal(services.opencompat.image, `opencompat:${version}`);
    assert.match(await readFile(join(sources, 'Dockerfile'), 'utf8'), new RegExp(`^ARG VERSION=${version}$`, 'm'));
  });

  test('the time to stop is longer than the time that running answers have', async () => {
    const { services } = parse(await readFile(join(sources, 'compose.yaml'), 'utf8'));
    const unit = await readFile(join(sources, 'opencompat.service'), 'utf8');
    const grace = configSchema.properties.shutdownGrace.default;
    for (const given of [services.opencompat.stop_grace_period, services.nginx.stop_grace_period]) {
      assert.ok(Number.parseInt(given, 10) > grace);
    }
    assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1]) > grace);
  });

  test('nginx takes bodies as large as the server does, and lets go of idle connections first', async () => {
    const site = await readFile(join(sources, 'nginx', 'opencompat.conf.template'), 'utf8');
    const { maxBodyBytes, keepAliveTimeout } = configSchema.properties;
    assert.equal(Number(/client_max_body_size (\d+)m;/.exec(site)![1]) * 1024 * 1024, maxBodyBytes.default);
    assert.ok(Number(/keepalive_timeout (\d+)s;/.exec(site)![1]) < keepAliveTimeout.default);
  });
});
