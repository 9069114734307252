/**
 * The Pods of the chart, rendered, and run from the image as the kubelet would run them: the seeding, the server, `helm
 * test`. Not part of `npm test`, because it needs helm, podman and the image: `.ci/check-containers` runs it.
 */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { oldestKubernetes, type Rendered, type RenderOptions, renderChart } from '../chart/render.ts';
import { createFakeChatGpt, type FakeChatGpt } from '../support/index.ts';
import { createNode, type Objects, type RunningPod } from './kubelet.ts';
import { findFreePort, imageUser } from './support.ts';

/** The chart with these values, on ports that are free here: a Pod has an address of its own, these share the machine's. */
async function render({ values = {}, ...options }: RenderOptions & { values?: Record<string, object> } = {}) {
  const port = await findFreePort();
  const config = { port, instructionsRefresh: 0, ...values.config };
  const others = { preStopSeconds: 1, service: { port } };
  return renderChart({ ...options, values: { ...others, ...values, config } });
}

async function createUpstream(t: TestContext): Promise<{ upstream: FakeChatGpt; config: object }> {
  const upstream = await createFakeChatGpt();
  t.after(() => upstream.close());
  return { upstream, config: { chatgptBaseUrl: upstream.url, chatgptAuthUrl: upstream.authUrl } };
}

/** What `kubectl create secret generic opencompat-auth --from-file=auth.json` makes, of the account's newest tokens. */
function secretOf({ account }: FakeChatGpt): Objects {
  const { accessToken: access_token, refreshToken: refresh_token, idToken: id_token } = account.tokens;
  const last_refresh = new Date().toISOString();
  const chatgpt = { type: 'oauth', access_token, refresh_token, id_token, last_refresh };
  return { 'opencompat-auth': { 'auth.json': JSON.stringify({ version: 1, chatgpt }) } };
}

async function ask({ url }: RunningPod, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** What /proc and the file system say of the server's process. */
const lookAround = `
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
  const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(.*?)\\\\s*$', 'm'))[1];
  const isRootReadOnly = /^\\S+ \\/ \\S+ ro[,\\s]/m.test(fs.readFileSync('/proc/mounts', 'utf8'));
  console.log(JSON.stringify({ isRootReadOnly, writable: writable.filter((path) => path.lastIndexOf('/') === 0).sort(),
    uid: field('Uid'), gid: field('Gid'), groups: field('Groups'), noNewPrivileges: field('NoNewPrivs'),
    seccomp: field('Seccomp'), capabilities: ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) => field('Cap' + set)) }));`;

async function assertHelmTestPasses(node: Awaited<ReturnType<typeof createNode>>, rendered: Rendered): Promise<void> {
  const { status, out, err } = await node.runToEnd(rendered, rendered.get('Pod'));
  assert.equal(status, 0, out + err);
  for (const step of ['health', 'models', 'chat', 'stream']) assert.match(out, new RegExp(`^ok +${step} `, 'm'));
}

test('a fresh install is ready, confined as the chart says, tested by helm, and ends in good order', async (t) => {
  const node = await createNode(t);
  const rendered = await render();
  const pod = await node.start(rendered);
  assert.match(pod.seeding, /There is no file \/auth-seed\/auth\.json/);
  assert.equal(await pod.probe('livenessProbe'), 200);
  assert.equal(await pod.probe('readinessProbe'), 200);
  await assertHelmTestPasses(node, rendered);

  const everyone = Array(4).fill(imageUser).join('\t');
  assert.deepEqual(JSON.parse(await pod.evaluate(lookAround)), {
    isRootReadOnly: true,
    writable: ['/cache', '/data', '/tmp'],
    uid: everyone,
    gid: everyone,
    groups: String(imageUser),
    noNewPrivileges: '1',
    seccomp: '2',
    capabilities: Array(5).fill('0'.repeat(16)),
  });
  assert.equal(await pod.stop(), 0);
  assert.doesNotMatch(pod.log(), /"level":"error"/);
});

test('the secret is seeded, refreshed and kept; made anew, it is taken anew', async (t) => {
  const { upstream, config } = await createUpstream(t);
  const objects = secretOf(upstream);
  const node = await createNode(t, objects);
  const rendered = await render({ values: { config } });
  const path = join(node.claim('data'), 'opencompat', 'auth.json');
  const refreshTokenHeld = async () => JSON.parse(await readFile(path, 'utf8')).chatgpt.refresh_token;
  const assertPrivate = async () => {
    const { mode, uid } = await stat(path);
    assert.deepEqual([(mode & 0o777).toString(8), uid], ['600', imageUser]);
  };

  const first = await node.start(rendered);
  assert.match(first.seeding, /Took over the sign-in to ChatGPT/);
  await assertPrivate();
  assert.equal(await first.probe('readinessProbe'), 200);
  upstream.expireTokens();
  assert.equal((await ask(first)).status, 200);
  assert.equal(upstream.account.refreshes, 1);
  await assertPrivate();
  assert.equal(await refreshTokenHeld(), upstream.account.tokens.refreshToken);
  assert.equal(await first.stop(), 0);

  const second = await node.start(rendered);
  assert.match(second.seeding, /is the one seen before/);
  assert.equal((await ask(second)).status, 200);
  await second.stop();

  // Somebody signs in elsewhere; what the volume has is dead from now on.
  const refresh_token = upstream.account.tokens.refreshToken;
  upstream.account.refresh({ grant_type: 'refresh_token', refresh_token, client_id: 'app_elsewhere' });
  upstream.expireTokens();
  Object.assign(objects, secretOf(upstream));
  const third = await node.start(rendered);
  assert.match(third.seeding, /Took over the sign-in to ChatGPT/);
  await assertPrivate();
  assert.equal((await ask(third)).status, 200);
  assert.notEqual(await refreshTokenHeld(), refresh_token);
  assert.equal(await third.stop(), 0);
});

test('a configuration file, a plugin and client keys arrive', async (t) => {
  const { upstream, config } = await createUpstream(t);
  const objects = { ...secretOf(upstream), 'opencompat-keys': { 'api-keys': 'oc-one,oc-two' } };
  const node = await createNode(t, objects);
  const values = {
    config: { ...config, allowedHosts: ['api.example.org'] },
    apiKeys: { existingSecret: 'opencompat-keys' },
  };
  const rendered = await render({ valuesOf: 'plugins', values });
  const pod = await node.start(rendered);
  assert.equal(await pod.probe('readinessProbe'), 200);
  assert.equal((await ask(pod)).status, 401);
  assert.equal((await ask(pod, { authorization: 'Bearer oc-two' })).status, 200);
  assert.equal(upstream.last.body.reasoning.effort, 'low');
  await assertHelmTestPasses(node, rendered);
});

test('a Kubernetes that cannot wait by itself: the hook runs in the image, and the server answers meanwhile', async (t) => {
  const node = await createNode(t);
  const pod = await node.start(await render({ kubernetes: oldestKubernetes }));
  const stopped = pod.stop();
  assert.equal(await pod.probe('livenessProbe'), 200);
  assert.equal(await pod.probe('readinessProbe'), 200);
  assert.equal(await stopped, 0);
});
