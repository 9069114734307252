/**
 * The image that docker/Dockerfile makes: what is in it, what is not, and how it runs. Not part of `npm test`, because it
 * needs podman, buildah, and an image: `.ci/check-containers` makes all that and runs it.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sharedPackages } from '../../lib/load-package.ts';
import { createFakeAuthServer, fakeClientId } from '../support/fake-auth-server.ts';
import { createFakeChatGpt } from '../support/index.ts';
import { environment, image, imageUser, run, runOnce, startContainer, succeed } from './support.ts';

const packageJson = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const dockerFolder = new URL('../../docker/', import.meta.url);
const dockerfile = await readFile(new URL('Dockerfile', dockerFolder), 'utf8');
const buildImage = fileURLToPath(new URL('build-image', import.meta.url));
const baseImage = /^ARG RUN_IMAGE=(.*)$/m.exec(dockerfile)![1]!;

const maxOwnBytes = 15_000_000;

interface ImageFacts {
  Size: number;
  RootFS: { Layers: string[] };
  Labels: Record<string, string>;
  User: string;
  Config: { Env: string[]; Volumes: Record<string, object> };
  Healthcheck: { Test: string[] };
}

async function inspect(name: string): Promise<ImageFacts> {
  return JSON.parse(await succeed('podman', ['image', 'inspect', name]))[0];
}

/** Every file of the image, without its leading slash, and the folder they are in, while the test runs. */
async function mountImage(t: TestContext): Promise<{ root: string; files: string[] }> {
  const root = (await succeed('podman', ['image', 'mount', image])).trim();
  t.after(() => succeed('podman', ['image', 'unmount', image]));
  const files = (await succeed('find', [root, '-not', '-type', 'd', '-printf', '%P\\n'])).trim().split('\n');
  return { root, files };
}

const ask = (url: string, body: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Tell me a story' }], ...body }),
  });

/** A folder that the image's user may write to, as a mounted volume is. */
async function createVolume(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-volume-'));
  await chown(folder, imageUser, imageUser);
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('adds little to the base image, and says what it is', async (t) => {
  const [own, base] = await Promise.all([inspect(image), inspect(baseImage)]);
  const ownBytes = own.Size - base.Size;
  t.diagnostic(`own layers: ${(ownBytes / 1e6).toFixed(1)} MB`);
  assert.ok(ownBytes > 0 && ownBytes < maxOwnBytes, `${ownBytes} bytes`);
  const told = /(\d+) MB on top of Node\.js/.exec(await readFile(new URL('README.md', dockerFolder), 'utf8'))!;
  assert.ok(Math.abs(Number(told[1]) - ownBytes / 1e6) <= 1, `the README says ${told[1]} MB`);
  assert.deepEqual(own.RootFS.Layers.slice(0, base.RootFS.Layers.length), base.RootFS.Layers);
  assert.equal(own.User, `${imageUser}:${imageUser}`);
  assert.equal(own.Labels['org.opencontainers.image.version'], packageJson.version);
  assert.equal(own.Labels['org.opencontainers.image.licenses'], packageJson.license);
  assert.equal(own.Labels['org.opencontainers.image.base.name'], baseImage);
  assert.deepEqual(Object.keys(own.Config.Volumes).sort(), ['/cache', '/data']);
});

test('holds no shell, no package manager, no development', async (t) => {
  const { files } = await mountImage(t);
  const unwanted =
    /(?:^|\/)(?:sh|bash|dash|busybox|apt|dpkg|npm|npx|tsc)$|\.ts$|\.map$|(?<!\/licen[cs]e)\.md$|(?:^|\/)\.npmrc$/i;
  assert.deepEqual(
    files.filter((file) => unwanted.test(file)),
    [],
  );
  const [shell, curl] = await Promise.all(
    ['/bin/sh', '/usr/bin/curl'].map((program) =>
      run('podman', ['run', '--rm', '--pull=never', `--entrypoint=${program}`, image]),
    ),
  );
  assert.notEqual(shell!.status, 0);
  assert.notEqual(curl!.status, 0);
});

test('carries a bill of materials that names every package, in the bundle or installed', async (t) => {
  const { root, files } = await mountImage(t);
  const sbom = JSON.parse(await readFile(join(root, 'app/sbom.cdx.json'), 'utf8'));
  assert.equal(sbom.bomFormat, 'CycloneDX');
  const listed = new Set(sbom.components.map(({ name, version }: Record<string, string>) => `${name}@${version}`));
  // In the bundle.
  for (const name of ['express', 'winston'])
    assert.ok(sbom.components.some((each: { name: string }) => each.name === name));
  const manifests = files.filter((file) =>
    /^app\/(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(file),
  );
  assert.ok(manifests.length > 0);
  for (const manifest of manifests) {
    const { name, version } = JSON.parse(await readFile(join(root, manifest), 'utf8'));
    assert.ok(listed.has(`${name}@${version}`), manifest);
  }
});

test('lacks no package that the program loads at need, and takes its bytecode', async () => {
  const load = `
    const require = process.getBuiltinModule('node:module').createRequire('/app/dist/lib/');
    const names = process.getBuiltinModule('node:fs').readdirSync('/app/dist/lib');
    for (const name of names.filter((name) => name.startsWith('package-'))) require('./' + name);
    for (const name of ${JSON.stringify(sharedPackages)}) require(name);
    process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
    for (const compiler of ['opt', 'maglev']) process.getBuiltinModule('node:v8').setFlagsFromString('--no-' + compiler);
    const { bytecodeFile, compileProgram } = await import('/app/dist/lib/program.js');
    console.log(names.length > 0, compileProgram(process.getBuiltinModule('node:fs').readFileSync(bytecodeFile)).cachedDataRejected);`;
  const args = ['--entrypoint=/nodejs/bin/node', image, '--input-type=module', '--eval', load];
  const out = await succeed('podman', ['run', '--rm', '--pull=never', '--network=none', ...args]);
  assert.equal(out.trim(), 'true false');
});

test('is the same, byte for byte, when it is built again', async (t) => {
  const again = `${image}-again`;
  t.after(() => run('podman', ['rmi', again]));
  await succeed(buildImage, [again, '--no-cache']);
  assert.deepEqual((await inspect(again)).RootFS.Layers, (await inspect(image)).RootFS.Layers);
});

test('runs as 65532 with no capability and can write to /data and /cache only', async (t) => {
  const { name } = await startContainer(t);
  const look = `
    const fs = require('node:fs');
    const writable = [];
    (function visit(folder) {
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const path = folder + entry.name;
        if (!entry.isDirectory() || ['/proc', '/sys', '/dev'].includes(path)) continue;
        try { fs.writeFileSync(path + '/probe', ''); writable.push(path); fs.rmSync(path + '/probe'); } catch {}
        try { visit(path + '/'); } catch {}
      }
    })('/');
    const status = fs.readFileSync('/proc/1/status', 'utf8');
    console.log(JSON.stringify({ writable, uid: process.getuid(), gid: process.getgid(),
      capabilities: [...status.matchAll(/^Cap(?:Inh|Prm|Eff|Bnd|Amb):\\s*(\\S+)$/gm)].map((found) => found[1]),
      noNewPrivileges: /^NoNewPrivs:\\s*1$/m.test(status) }));`;
  const seen = JSON.parse(await succeed('podman', ['exec', name, '/nodejs/bin/node', '-e', look]));
  // podman gives every read-only container a few folders in memory; they are no part of the image.
  const inMemory = ['/tmp', '/var/tmp', '/run'];
  const isBelow = (path: string) => /^\/(cache|data)\//.test(path);
  const places = seen.writable.filter((path: string) => !inMemory.includes(path) && !isBelow(path));
  assert.deepEqual(places.sort(), ['/cache', '/data']);
  assert.deepEqual([seen.uid, seen.gid, seen.noNewPrivileges], [imageUser, imageUser, true]);
  assert.equal(seen.capabilities.length, 5);
  for (const set of seen.capabilities) assert.match(set, /^0+$/);
});

test('answers, streams, counts tokens, and is found healthy', async (t) => {
  const { name, url, log } = await startContainer(t, { OPENCOMPAT_DEMO: 'true' });
  const startedAt = await succeed('podman', ['inspect', '--format', '{{.State.StartedAt.UnixMilli}}', name]);
  const firstLine = JSON.parse(/^\{.*$/m.exec(log())![0]);
  t.diagnostic(`first log line after ${Date.parse(firstLine.timestamp) - Number(startedAt)} ms`);
  assert.deepEqual(await (await fetch(`${url}/health`)).json(), { status: 'ok' });
  assert.equal((await fetch(`${url}/ready`)).status, 200);

  const parts: string[] = [];
  for await (const part of (await ask(url, { stream: true })).body!) parts.push(Buffer.from(part).toString());
  assert.ok(parts.length > 3, `${parts.length} parts`);
  assert.match(parts.join(''), /data: \[DONE\]/);

  // The tokenizer, of which the image holds a part, is what limits the demo.
  const { choices } = (await (await ask(url, { max_tokens: 3 })).json()) as { choices: { finish_reason: string }[] };
  assert.equal(choices[0]!.finish_reason, 'length');

  const check = await succeed('podman', ['healthcheck', 'run', name]);
  assert.equal(check.trim(), '');
  const { Healthcheck } = await inspect(image);
  const [kind, ...command] = Healthcheck.Test;
  assert.equal(kind, 'CMD');
  assert.equal((await succeed('podman', ['exec', name, ...command])).trim(), '{"status":"ok"}');
  const elsewhere = await run('podman', ['exec', '--env=OPENCOMPAT_PORT=1', name, ...command]);
  assert.equal(elsewhere.status, 1);
  assert.match(elsewhere.err, /No healthy server at 127\.0\.0\.1:1: ECONNREFUSED/);
  assert.doesNotMatch(log(), /"level":"error"/);
});

/** A server from the image that is signed in to a fake backend by the file in its /data, which may be one of 1.x. */
async function startSignedIn(t: TestContext, { isOf1x = false } = {}) {
  const upstream = await createFakeChatGpt();
  t.after(() => upstream.close());
  const volume = await createVolume(t);
  await mkdir(join(volume, 'opencompat'), { mode: 0o700 });
  const path = join(volume, 'opencompat', 'auth.json');
  const signedInBy = isOf1x ? join(volume, 'opencompat', 'chatgpt.json') : path;
  const { tokens, accountId } = upstream.account;
  const { accessToken: access_token, refreshToken: refresh_token } = tokens;
  const chatgpt = { type: 'oauth', access_token, refresh_token, account_id: accountId };
  await writeFile(signedInBy, JSON.stringify(isOf1x ? chatgpt : { version: 1, chatgpt }), { mode: 0o600 });
  for (const owned of [join(volume, 'opencompat'), signedInBy]) await chown(owned, imageUser, imageUser);
  const server = await startContainer(
    t,
    { OPENCOMPAT_CHATGPT_BASE_URL: upstream.url, OPENCOMPAT_CHATGPT_AUTH_URL: upstream.authUrl },
    [`--volume=${volume}:/data`],
  );
  return { upstream, server, path };
}

for (const isOf1x of [false, true]) {
  const from = isOf1x ? 'chatgpt.json, which 1.x left there,' : 'auth.json';
  test(`refreshes an old sign-in of /data/opencompat/${from} in auth.json and keeps it private`, async (t) => {
    const { upstream, server, path } = await startSignedIn(t, { isOf1x });
    assert.equal((await fetch(`${server.url}/ready`)).status, 200);
    upstream.expireTokens();
    const answer = await ask(server.url, { model: 'gpt-5.5' });
    assert.equal(answer.status, 200);
    assert.equal(upstream.account.refreshes, 1);
    const stored = JSON.parse(await readFile(path, 'utf8'));
    assert.equal(stored.chatgpt.refresh_token, upstream.account.tokens.refreshToken);
    const { mode, uid } = await stat(path);
    assert.deepEqual([(mode & 0o777).toString(8), uid], ['600', imageUser]);
  });
}

test('on SIGTERM lets the running stream end, takes nothing new, and exits with 0', async (t) => {
  const { upstream, server } = await startSignedIn(t);
  upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const answer = await ask(server.url, { model: 'gpt-5.5', stream: true });
  await server.signal('SIGTERM');
  while (!server.log().includes('"message":"stopping"')) await sleep(20);
  await assert.rejects(ask(server.url));
  upstream.last.resume();
  assert.match(await answer.text(), /data: \[DONE\]/);
  assert.equal(await server.ended, 0);
  assert.match(server.log(), /"message":"stopped"/);
});

test('runs every other command of the program', async () => {
  const help = await runOnce(['help']);
  assert.match(help.out, /^ {2}login\b/m);
  const key = await runOnce(['hash-key', '--name', 'laptop']);
  const [made, hash] = key.out.split('\n');
  assert.equal(hash, `sha256:${createHash('sha256').update(made!).digest('hex')}`);
});

test('a sign-in in the running container, by its own name, is noticed by the server', async (t) => {
  const auth = await createFakeAuthServer();
  t.after(() => auth.close());
  const { name, url } = await startContainer(t, {
    OPENCOMPAT_CHATGPT_AUTH_URL: auth.url,
    OPENCOMPAT_OAUTH_CLIENT_ID: fakeClientId,
  });
  const isSignedIn = async () => {
    const { providers } = (await (await fetch(`${url}/ready`)).json()) as {
      providers: Record<string, { ready: boolean }>;
    };
    return providers.chatgpt!.ready;
  };
  assert.equal(await isSignedIn(), false);
  const login = spawn('podman', ['exec', name, 'opencompat', 'login', '--device'], { env: environment });
  const ended = once(login, 'close');
  let shown = '';
  for await (const part of login.stdout) {
    shown += part;
    const code = /^Code: (\S+)$/m.exec(shown)?.[1];
    if (code) auth.enterDeviceCode(code);
  }
  assert.equal((await ended)[0], 0, shown);
  const mode = "console.log((fs.statSync('/data/opencompat/auth.json').mode & 0o777).toString(8))";
  assert.equal((await succeed('podman', ['exec', name, '/nodejs/bin/node', '-e', mode])).trim(), '600');
  while (!(await isSignedIn())) await sleep(100);
});

test('says which /data it cannot write to before anybody signs in', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'opencompat-volume-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { status, err } = await runOnce(['login', '--device'], [`--volume=${folder}:/data`]);
  assert.equal(status, 1);
  assert.match(err, /\/data\/opencompat\/auth\.json cannot be written \(EACCES\)/);
});
