/** What `doctor` says to each fault, and what to do about it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeDirectory } from '../auth/support.ts';
import { runCommand } from '../support/commands.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { processEnv } from '../support/process-env.ts';

interface Finding {
  name: string;
  verdict: 'ok' | 'note' | 'failed';
  text: string;
  advice?: string;
}

async function doctor(
  t: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ status: number | null; findings: Finding[]; failed: string[]; all: string }> {
  const home = await makeDirectory(t);
  const { status, out, err } = await runCommand(['doctor', '--json', ...args], {
    env: { ...processEnv, HOME: home, ...env },
    cwd: home,
  });
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
  assert.equal(status, ok ? 0 : 1);
  const failed = findings
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ name, text, advice }) => [name, text, advice].filter(Boolean).join(': '));
  return { status, findings, failed, all: out + err };
}

/** As the server of a harness is configured. */
const ofServer = (h: Harness): [args: string[], env: Record<string, string>] => [
  ['--config', h.configFile, '--url', h.url],
  { XDG_DATA_HOME: dirname(h.dataDir) },
];

async function serve(t: TestContext, handler: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

test('where nothing is wrong it says so, part by part', async (t) => {
  const h = await createHarness(t);
  const [args, env] = ofServer(h);
  const { failed, findings, status, all } = await doctor(t, [...args, '--model', 'gpt-5.5'], env);
  assert.deepEqual([failed, status], [[], 0]);
  const names = findings.map(({ name, verdict }) => `${verdict} ${name}`);
  for (const name of [
    'configuration',
    'data folder',
    'cache folder',
    'health',
    'models',
    'chat',
    'stream',
    'browser',
  ]) {
    assert.ok(names.includes(`ok ${name}`), name);
  }
  assert.ok(findings.some(({ name, text }) => name === 'chatgpt' && /the sign-in works/.test(text)));
  assert.ok(findings.some(({ name, text }) => name === 'chatgpt' && /can be reached/.test(text)));
  assert.doesNotMatch(all, /eyJ|rt_/);
});

test('a faulty configuration is told with its line, and the server at --url is asked all the same', async (t) => {
  const h = await createHarness(t);
  const { failed, findings } = await doctor(t, ['--url', h.url], { OPENCOMPAT_PORT: 'eighty' });
  assert.match(failed[0]!, /^configuration: .*OPENCOMPAT_PORT/s);
  assert.ok(findings.some(({ name, verdict }) => name === 'health' && verdict === 'ok'));
});

test('the configuration of a foreign folder is told of, and not read', async (t) => {
  const folder = await makeDirectory(t);
  await writeFile(join(folder, 'opencompat.config.yaml'), 'middleware: [{ plugin: ./evil.js }]\nport: nonsense\n');
  await writeFile(join(folder, 'evil.js'), 'process.stdout.write("EVIL"); export default 1;');
  const { out } = await runCommand(['doctor', '--json'], {
    env: { ...processEnv, HOME: await makeDirectory(t) },
    cwd: folder,
  });
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  assert.ok(findings.some(({ verdict, text }) => verdict === 'note' && /opencompat trust/.test(text)));
  assert.doesNotMatch(out, /EVIL|nonsense/);
});

test('a folder that cannot be written', async (t) => {
  const home = await makeDirectory(t);
  await writeFile(join(home, 'file'), '');
  const { failed } = await doctor(t, [], { XDG_CACHE_HOME: join(home, 'file') });
  assert.match(failed.join('\n'), /^cache folder: .* cannot be written \(\w+\): .*chown/m);
});

test('a clock that is an hour off, by the upstream’s', async (t) => {
  const late = await serve(t, (_req, res) => {
    res.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
    res.end();
  });
  const { failed } = await doctor(t, [], { OPENCOMPAT_OPENAI_BASE_URL: `${late.url}/v1` });
  assert.match(failed.join('\n'), /^clock: this machine's clock is 60 minutes ahead of .*timedatectl/m);
});

test('a host that nobody knows, and one that a proxy does not let through', async (t) => {
  const unknown = await doctor(t, [], { OPENCOMPAT_OPENAI_BASE_URL: 'http://nowhere.invalid/v1' });
  assert.match(unknown.failed.join('\n'), /^openai: nowhere\.invalid cannot be reached: its name .*: Look for a slip/m);
  const proxy = await serve(t, (_req, res) => res.writeHead(403).end());
  const refused = await doctor(t, [], {
    OPENCOMPAT_OPENAI_BASE_URL: 'http://upstream.example/v1',
    HTTP_PROXY: `http://someone:secret-word@127.0.0.1:${proxy.port}`,
  });
  assert.match(refused.failed.join('\n'), /^openai: upstream\.example cannot be reached: the proxy .*NO_PROXY/m);
  assert.doesNotMatch(refused.all, /secret-word/);
});

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
test('a certificate that nobody has signed', { skip: !hasOpenssl && 'there is no openssl' }, async (t) => {
  const folder = await makeDirectory(t);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]);
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_req, res) => res.end());
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { failed } = await doctor(t, ['--url', url], { OPENCOMPAT_OPENAI_BASE_URL: `${url}/v1` });
  assert.match(failed.join('\n'), /^openai: .* certificate is self-signed.*: Set NODE_EXTRA_CA_CERTS/m);
  assert.match(failed.join('\n'), /^health: .* certificate is self-signed/m);
});

test('a sign-in that has died', async (t) => {
  const h = await createHarness(t);
  h.upstream.account.signOut();
  const { failed } = await doctor(t, ...ofServer(h));
  assert.match(failed[0]!, /^chatgpt: The server's sign-in to ChatGPT is no longer valid.*opencompat login/);
});

test('a wrong client key, and none', async (t) => {
  const h = await createHarness(t, { apiKey: 'oc-right-key' });
  const wrong = await doctor(t, ['--url', h.url, '--key', 'oc-wrong-key']);
  assert.match(wrong.failed.join('\n'), /^models: HTTP 401: Incorrect API key/m);
  assert.doesNotMatch(wrong.all, /oc-wrong-key/);
  assert.match((await doctor(t, ['--url', h.url])).failed.join('\n'), /^models: HTTP 401: .*--key/m);
});

test('a reverse proxy that holds streams back, and one whose https the server does not know of', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const { hostname, port } = new URL(h.url);
  const gathering = await serve(t, (req, res) => {
    const options = { hostname, port, path: req.url, method: req.method, headers: req.headers };
    const onward = request(options, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      res.writeHead(answer.statusCode!, answer.headers).end(Buffer.concat(parts));
    });
    req.pipe(onward);
  });
  const held = await doctor(t, ['--url', gathering.url]);
  const told = held.findings.find(({ name, verdict }) => name === 'stream' && verdict === 'note');
  assert.match(told?.text ?? '', /came at once/);
  assert.match(told?.advice ?? '', /proxy_buffering off/);
  assert.equal((await doctor(t, ['--url', h.url])).findings.filter(({ name }) => name === 'stream').length, 1);

  const upgraded = await serve(t, (req, res) => {
    // As behind TLS: the browser's origin is of https, and the server sees http.
    const origin = req.headers.origin?.replace('http:', 'https:').replace('127.0.0.1', 'ai.example');
    const headers = { ...req.headers, ...(origin && { origin }) };
    req.pipe(
      request({ hostname, port, path: req.url, method: req.method, headers }, (answer) => {
        res.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(res);
      }),
    );
  });
  assert.match(
    (await doctor(t, ['--url', upgraded.url])).failed.join('\n'),
    /^browser: .*ai\.example.*trustedProxies/m,
  );
});
