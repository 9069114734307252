/**
 * The operator's console and the page at the base URL, in a real browser: seen light and dark, wide and on a phone, used by keyboard,
 * below a sub-path, without any other host. Not part of `npm test`, because it needs Chromium:
 * `node --test spec/browser/console.browser.ts`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createHarness, type Harness, type HarnessOptions } from '../support/index.ts';
import { findAxeViolations, openBrowser, openPage } from './browser.ts';

const adminKey = 'oc-admin-for-this-spec';
const adminHash = `sha256:${createHash('sha256').update(adminKey).digest('hex')}`;

const views = ['overview', 'requests', 'try', 'connect', 'keys', 'accounts', 'configuration'];
const wide = { width: 1280, height: 860 };
const phone = { width: 375, height: 740 };

function startServer(t: TestContext, options: HarnessOptions = {}): Promise<Harness> {
  const { config, ...rest } = options;
  return createHarness(t, {
    copilot: true,
    ...rest,
    config: { adminKeys: [adminHash], usageStore: 'file', aliases: { coder: 'gpt-5.5' }, ...config },
  });
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/console/`);
  await page.getByLabel('Admin key').fill(adminKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

async function show(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${view}'`);
  await page.locator(`nav a[href="#/${view.split('/')[0]}"][aria-current=page]`).waitFor();
  await page.waitForLoadState('networkidle');
  await page.getByText('Loading…').waitFor({ state: 'detached' });
}

/** Without a fault for axe, and without scrolling sideways. */
async function checkLooks(page: Page, name: string): Promise<void> {
  // Colours are judged when they have come to rest.
  await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished))');
  assert.deepEqual(await findAxeViolations(page), [], name);
  const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  assert.ok(!isTooWide, `${name} is wider than the screen`);
}

/** A request that went well, one that failed. */
async function makeHistory(h: Harness): Promise<void> {
  await h.client.chat.completions.create({ model: 'coder', messages: [{ role: 'user', content: 'Hello' }] });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await assert.rejects(h.client.responses.create({ model: 'gpt-5.5', input: 'Hello' }));
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [wide, phone]) {
    test(`every view, ${colorScheme}, ${viewport.width} pixels wide: nothing for axe to find`, async (t) => {
      const h = await startServer(t);
      await makeHistory(h);
      const { page, faults, origins } = await openPage(await openBrowser(t), { colorScheme, viewport });

      await page.goto(`${h.url}/`);
      await checkLooks(page, 'home');
      await page.getByRole('link', { name: 'Open the console' }).click();
      await page.getByLabel('Admin key').waitFor();
      await checkLooks(page, 'sign-in');
      await signIn(page, h.url);
      for (const view of views) {
        await show(page, view);
        await checkLooks(page, view);
      }
      assert.deepEqual(faults, []);
      assert.deepEqual([...origins], [h.url]);
    });
  }
}

test('a wrong key is refused in words, and a session that has ended leads back to the sign-in', async (t) => {
  const h = await startServer(t, { apiKey: 'oc-client' });
  const { page } = await openPage(await openBrowser(t));
  await page.goto(`${h.url}/console/`);
  for (const wrong of ['oc-client', 'guess']) {
    await page.getByLabel('Admin key').fill(wrong);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  }
  await signIn(page, h.url);
  await page.context().clearCookies();
  await page.getByText('The session has ended').waitFor();
  assert.equal(await page.getByRole('navigation').count(), 0);
});

/** A proxy that serves what is behind it below `/ai`, as nginx does. */
async function openSubPath(t: TestContext, url: string): Promise<string> {
  const target = new URL(url);
  const proxy = createServer((req, res) => {
    const path = /^\/ai(\/.*)$/.exec(req.url ?? '')?.[1];
    if (path === undefined) return res.writeHead(404).end();
    const { port, hostname: host } = target;
    const inner = request({ host, port, path, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(res);
    });
    res.on('close', () => inner.destroy());
    return req.pipe(inner);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/ai`;
}

test('below the path of a proxy: signed in, and connected by that path', async (t) => {
  const h = await startServer(t);
  const url = await openSubPath(t, h.url);
  const { page, faults, origins } = await openPage(await openBrowser(t));
  await page.goto(`${url}/`);
  await page.getByText(`${url}/v1`, { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Open the console' }).click();
  await page.getByLabel('Admin key').waitFor();
  await signIn(page, url);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await show(page, 'connect');
  await page.getByLabel('Client').selectOption('Claude Code');
  await page.getByText(`export ANTHROPIC_BASE_URL=${url}\n`).waitFor();
  assert.deepEqual(faults, []);
  assert.deepEqual([...origins], [new URL(url).origin]);
});
