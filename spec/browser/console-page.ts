/** The console in a browser: a server with its page, and what its specs do there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { adminKey, createConsole } from '../routes/console/support.ts';
import type { Harness, HarnessOptions } from '../support/index.ts';
import { findAxeViolations } from './browser.ts';

export const wide = { width: 1280, height: 860 };
export const phone = { width: 375, height: 740 };

export function startServer(t: TestContext, options: HarnessOptions = {}): Promise<Harness> {
  const config = { usageStore: 'file', aliases: { coder: 'gpt-5.5' }, ...options.config } as const;
  return createConsole(t, { copilot: true, ...options, config });
}

export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/console/`);
  await page.getByLabel('Admin key').fill(adminKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

export async function show(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${view}'`);
  await page.locator(`nav a[href="#/${view.split('/')[0]}"][aria-current=page]`).waitFor();
  await page.waitForLoadState('networkidle');
  await page.getByText('Loading…').waitFor({ state: 'detached' });
}

/** Without a fault for axe, and without scrolling sideways. */
export async function checkLooks(page: Page, name: string): Promise<void> {
  // Colours are judged when they have come to rest.
  await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished))');
  assert.deepEqual(await findAxeViolations(page), [], name);
  const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  assert.ok(!isTooWide, `${name} is wider than the screen`);
}

/** A request that went well, one that failed. */
export async function makeHistory(h: Harness): Promise<void> {
  await h.client.chat.completions.create({ model: 'coder', messages: [{ role: 'user', content: 'Hello' }] });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await assert.rejects(h.client.responses.create({ model: 'gpt-5.5', input: 'Hello' }));
}

/** A proxy that serves what is behind it below `/ai`, as nginx does. */
export async function openSubPath(t: TestContext, url: string): Promise<string> {
  const target = new URL(url);
  const proxy = createServer((req, res) => {
    const path = /^\/ai(\/.*)$/.exec(req.url ?? '')?.[1];
    if (path === undefined) return res.writeHead(404).end();
    const { port, hostname: host } = target;
    const inner = request({ host, port, path, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(res);
    });
    inner.on('error', () => res.destroy());
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
