/** `opencompat explain`, by the server that runs, by one elsewhere, and by the configuration alone. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { leaveAddress } from '../../lib/server/operator.ts';
import { makeDirectory } from '../auth/support.ts';
import { adminKey, createConsole, operatorKey } from '../routes/console/support.ts';
import { runCommand } from '../support/commands.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { processEnv } from '../support/process-env.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const guide = readFileSync(new URL('../../middleware/README.md', import.meta.url), 'utf8');
const [, plugin = ''] = /```ts plugin\n(.*?)```/s.exec(guide) ?? [];
const section = readme.slice(readme.indexOf('### What would become of a request'));
/** The configuration, the command and what it prints, as the README has them. */
const [configuration, command, screen] = ['yaml', 'sh', 'text'].map(
  (language) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)![1]!,
) as [string, string, string];
const body = /echo '(.*)'/.exec(command)![1]!;

interface Place {
  readonly home: string;
  readonly env: Record<string, string>;
}

/** The README's configuration and plugin in a home of their own. */
async function createPlace(t: TestContext, baseURL: string): Promise<Place> {
  const home = await makeDirectory(t);
  await mkdir(join(home, 'plugins'));
  await writeFile(join(home, 'plugins/effort-cap.ts'), plugin);
  await writeFile(join(home, 'opencompat.config.yaml'), configuration.replace('http://127.0.0.1:8000/v1', baseURL));
  const folders = { XDG_DATA_HOME: join(home, 'data'), XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };
  return { home, env: { ...processEnv, HOME: home, ...folders } };
}

const explain = ({ home, env }: Place, ...args: string[]) =>
  runCommand([...args, 'explain'], { env: { ...env, OPENCOMPAT_ADMIN_KEY: 'for-url' }, cwd: home, input: body });

test('without a server: an alias, an effort, a plugin and a dropped parameter, in one screen, as the README shows', async (t) => {
  const box = await createFakeOpenAiServer();
  t.after(() => box.close());
  const place = await createPlace(t, box.url);
  const { status, out, err } = await explain(place, '-c', 'opencompat.config.yaml');
  assert.deepEqual([status, err], [0, '']);
  assert.equal(out.replace(box.url, 'http://127.0.0.1:8000/v1'), screen);
  assert.ok(out.split('\n').length <= 25);
  // Nothing but the list of models is asked for, and nothing but it is kept, as cache.
  assert.deepEqual(
    box.requests.map(({ method }) => method).filter((method) => method !== 'GET'),
    [],
  );
  assert.ok(!existsSync(place.env.XDG_DATA_HOME!));
});

test('a configuration with a fault is told of as `serve` tells it', async (t) => {
  const place = await createPlace(t, 'http://127.0.0.1:9');
  await writeFile(join(place.home, 'opencompat.config.yaml'), 'aliasses: {}\n');
  const { status, err } = await explain(place, '-c', 'opencompat.config.yaml');
  assert.equal(status, 2);
  assert.match(err, /aliasses.*aliases/s);
});

test('by the server that runs here, unless the configuration alone is to tell; by one elsewhere with its admin key', async (t) => {
  const h = await createConsole(t, { config: { aliases: { 'fast-high': ['chatgpt/gpt-5.5'] } } });
  const place = await createPlace(t, 'http://127.0.0.1:9');
  const dataDir = join(place.env.XDG_DATA_HOME!, 'opencompat');
  t.after(await leaveAddress(dataDir, { url: h.url, key: operatorKey }, createRecordingLog()));
  const run = (...args: string[]) =>
    runCommand(['explain', ...args], {
      env: { ...place.env, OPENCOMPAT_ADMIN_KEY: adminKey },
      cwd: join(place.home, 'plugins'),
      input: body,
    }).then(({ out, err }) => out + err);
  assert.match(await run(), /→ chatgpt\/gpt-5\.5/);
  assert.match(await run('--offline'), /fast-high` does not exist/);
  assert.match(await run('--url', h.url), /→ chatgpt\/gpt-5\.5/);
  assert.match(await run('--url', h.url, '--admin-key', 'guess'), /refused: HTTP 401/);
  assert.deepEqual(h.upstream.requests, []);
  assert.equal(await readFile(join(dataDir, 'usage.sqlite')).catch(() => undefined), undefined);
});
