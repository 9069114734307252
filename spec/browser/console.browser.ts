/**
 * The operator's console and the page at the base URL, in a real browser: seen light and dark, wide and on a phone, used by keyboard,
 * below a sub-path, without any other host. Not part of `npm test`, because it needs Chromium:
 * `node --test spec/browser/console.browser.ts`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { adminKey, operatorKey } from '../routes/console/support.ts';
import { defaultText } from '../support/index.ts';
import { openBrowser, openPage, tabTo } from './browser.ts';
import { checkLooks, makeHistory, openSubPath, phone, show, signIn, startServer, wide } from './console-page.ts';

const run = promisify(execFile);

const views = ['overview', 'requests', 'captures', 'try', 'connect', 'keys', 'accounts', 'configuration'];
for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [wide, phone]) {
    test(`every view, ${colorScheme}, ${viewport.width} pixels wide: nothing for axe to find`, async (t) => {
      const h = await startServer(t, { config: { record: 'errors' } });
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
      await checkDialogs(page);
      assert.deepEqual(faults, []);
      assert.deepEqual([...origins], [h.url]);
    });
  }
}

/** What opens above the views, and what they show only when asked. */
async function checkDialogs(page: Page): Promise<void> {
  await show(page, 'overview');
  await page.getByLabel('By model').check();
  await page.getByRole('table', { name: 'Usage by model' }).waitFor();
  await checkLooks(page, 'usage by model');

  await show(page, 'requests');
  await page.getByText('Search').click();
  await checkLooks(page, 'search');
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
  await page.getByText('Where the time went').waitFor();
  await checkLooks(page, 'request');

  await show(page, 'captures');
  await page.getByRole('table', { name: 'Captures' }).getByRole('link').first().click();
  await page.getByRole('table', { name: 'Bodies, line by line' }).waitFor();
  await page.getByRole('region', { name: 'Client got' }).getByText('usage limit').waitFor();
  await page.getByText(/^Headers of the client/).click();
  await checkLooks(page, 'capture');
  await page.getByRole('button', { name: 'Delete' }).click();
  await checkLooks(page, 'delete a capture');
  await page.keyboard.press('Escape');

  await show(page, 'accounts');
  await page.getByRole('button', { name: 'to GitHub Copilot' }).click();
  await page.getByRole('dialog', { name: 'Sign in to GitHub Copilot' }).getByText('Copy this code').waitFor();
  await checkLooks(page, 'device code');
  await page.getByRole('button', { name: 'Give up' }).click();

  await show(page, 'keys');
  await page.getByLabel('Name').fill('tablet');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('dialog', { name: 'The key tablet' }).waitFor();
  await checkLooks(page, 'made key');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Change tablet' }).click();
  await checkLooks(page, 'changed key');
  await page.keyboard.press('Escape');
}

test('by keyboard alone, on a phone: sign in, make a key with a limit, use it, see it used, revoke it', async (t) => {
  const h = await startServer(t);
  const { page, faults } = await openPage(await openBrowser(t), { viewport: phone, hasTouch: true, isMobile: true });
  const { keyboard } = page;
  const press = async (role: 'button' | 'link', name: string) => {
    await tabTo(page, page.getByRole(role, { name }).first());
    await keyboard.press('Enter');
  };
  const type = async (label: string, text: string) => {
    await tabTo(page, page.getByLabel(label).first());
    await keyboard.type(text);
  };

  await page.goto(`${h.url}/console/`);
  await type('Admin key', adminKey);
  await keyboard.press('Enter');
  await press('link', 'Keys');
  await type('Name', 'pocket');
  await type('At most', '1');
  await press('button', 'Make the key');
  const key = await page.getByRole('dialog').locator('code').textContent();
  assert.match(key ?? '', /^oc-/);
  await press('button', 'Done');
  await page.getByText('1 request a day').waitFor();

  await press('link', 'Requests');
  await page.getByText('Follows new requests').waitFor();
  const ask = () =>
    h.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] }),
    });
  assert.equal((await ask()).status, 200);
  const table = page.getByRole('table', { name: 'Requests' });
  await table
    .getByRole('row', { name: /pocket/ })
    .filter({ hasText: 'OK' })
    .waitFor();
  assert.equal((await ask()).status, 429);
  await table
    .getByRole('row', { name: /pocket/ })
    .filter({ hasText: 'Limit reached' })
    .waitFor();

  await press('link', 'Keys');
  await press('button', 'Revoke pocket');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Revoke' }));
  await keyboard.press('Enter');
  await page.getByText('There is no client key yet').waitFor();
  await press('link', 'Overview');
  assert.deepEqual(faults, []);
});

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

test('a one-time link opens the console once, and leaves the address at once', async (t) => {
  const h = await startServer(t);
  const headers = { authorization: `Bearer ${operatorKey}` };
  const answer = await fetch(`${h.url}/-/console`, { method: 'POST', headers });
  const { ticket } = (await answer.json()) as { ticket: string };
  const link = `${h.url}/console/#ticket=${ticket}`;
  const browser = await openBrowser(t);
  const { page } = await openPage(browser);
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  assert.equal(page.url(), `${h.url}/console/`);
  assert.equal(await page.evaluate('history.length'), 2);
  const { page: second } = await openPage(browser);
  await second.goto(link);
  await second.getByRole('alert').waitFor();
  await second.getByLabel('Admin key').waitFor();
  assert.equal(second.url(), `${h.url}/console/`);
});

test('below the path of a proxy: signed in, followed live, connected by that path', async (t) => {
  const h = await startServer(t, { config: { record: 'errors' } });
  await makeHistory(h);
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
  await page.getByRole('button', { name: 'Make a key for Claude Code' }).click();
  await page.getByText(/export ANTHROPIC_AUTH_TOKEN=oc-/).waitFor();
  await show(page, 'requests');
  await page.getByText('Follows new requests').waitFor();
  await show(page, 'captures');
  await page.getByRole('table', { name: 'Captures' }).getByRole('link').first().click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download', exact: true }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.capture\.jsonl$/);
  assert.deepEqual(faults, []);
  assert.deepEqual([...origins], [new URL(url).origin]);
});

test('every API is tried, streamed and whole, and its request written for elsewhere', async (t) => {
  const h = await startServer(t);
  const { page, faults } = await openPage(await openBrowser(t));
  await signIn(page, h.url);
  await show(page, 'try');
  await page.getByLabel('Model').fill('gpt-5.5');
  for (const api of ['chat', 'responses', 'messages', 'completions', 'ollama']) {
    await page.getByLabel('API').selectOption(api);
    for (const isStreamed of [true, false]) {
      await page.getByLabel('Stream').setChecked(isStreamed);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText(/whole after/).waitFor();
      assert.equal(
        await page.getByRole('log').textContent(),
        defaultText,
        `${api}, ${isStreamed ? 'streamed' : 'whole'}`,
      );
    }
  }
  assert.deepEqual(faults, []);
});

test('a request is explained: what each box changes, and where it would go, without being sent', async (t) => {
  const h = await startServer(t);
  const { page, faults } = await openPage(await openBrowser(t), { viewport: phone });
  await signIn(page, h.url);
  await show(page, 'try');
  await page.getByRole('combobox', { name: 'Model' }).fill('coder-high');
  const answered = h.upstream.requests.length;
  for (const api of ['chat', 'responses', 'messages', 'completions', 'ollama']) {
    await page.getByLabel('API').selectOption(api);
    await page.getByRole('button', { name: 'Explain' }).click();
    const change = page.getByRole('region', { name: 'resolve-model: Model' });
    await change.getByText('"model": "chatgpt/gpt-5.5"').waitFor();
    await page.getByText('it would be sent').waitFor();
    await checkLooks(page, `explanation of ${api}`);
  }
  await page.getByRole('combobox', { name: 'Model' }).fill('<b>nobody</b>');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('OC_MODEL_NOT_FOUND').waitFor();
  await page.getByText('nothing would be sent').waitFor();
  assert.equal(h.upstream.requests.length, answered);
  assert.deepEqual(faults, []);
});

test('GitHub Copilot is signed in to by device code, denied, granted, and out', async (t) => {
  const h = await startServer(t);
  h.copilot.device.intervalS = 1;
  const { page, faults } = await openPage(await openBrowser(t));
  await signIn(page, h.url);
  await show(page, 'accounts');
  const dialog = page.getByRole('dialog', { name: 'Sign in to GitHub Copilot' });
  const begin = async () => {
    await page.getByRole('button', { name: 'to GitHub Copilot' }).click();
    return (await dialog.locator('code').textContent()) ?? '';
  };
  assert.ok(h.copilot.denyCode(await begin()));
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Sign out of GitHub Copilot' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out of GitHub Copilot' }).waitFor({ state: 'detached' });
  assert.ok(h.copilot.enterCode(await begin()));
  await dialog.getByText('Signed in to GitHub Copilot.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Sign out of GitHub Copilot' }).waitFor();
  assert.deepEqual(faults, []);
});

/** What needs care in every language that quotes. */
const awkwardPrompt = `Say "it's" for $HOME, \\n and \`x\``;

/** What an answer of each API has, as its library or curl prints it. */
const answerMarks = {
  chat: /chat\.completion\.chunk/,
  responses: /response\.completed/,
  messages: /message_stop/,
  completions: /text_completion/,
  ollama: /"done":true/,
};

test('the request that is written for elsewhere does the same there, by curl and by the library of its API', async (t) => {
  const h = await startServer(t);
  const { page } = await openPage(await openBrowser(t));
  await signIn(page, h.url);
  await show(page, 'try');
  await page.getByLabel('Model').fill('gpt-5.5');
  await page.getByLabel('Message').fill(awkwardPrompt);
  const env = { ...process.env, OPENCOMPAT_KEY: 'any' };
  const runners = {
    curl: (text: string) => run('sh', ['-c', text], { env }),
    JavaScript: (text: string) => run(process.execPath, ['--input-type=module', '-e', text], { env }),
  };
  const code = page.getByRole('region', { name: /^The request in/ });
  for (const [api, mark] of Object.entries(answerMarks)) {
    await page.getByLabel('API').selectOption(api);
    for (const [language, runIt] of Object.entries(runners)) {
      await page.getByRole('radio', { name: language }).check();
      const { stdout } = await runIt((await code.textContent())!);
      assert.match(stdout, mark, `${api} ${language}`);
      assert.ok(
        JSON.stringify(h.upstream.last.body.input).includes(JSON.stringify(awkwardPrompt)),
        `${api} ${language}`,
      );
    }
    await page.getByRole('radio', { name: 'Python' }).check();
    const python = (await code.textContent())!;
    assert.match(python, /^from (?:openai|anthropic|ollama) import/m);
    await run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', python]);
  }
});

test('aliases are saved after their difference was shown, and count at once', async (t) => {
  const h = await startServer(t);
  const { page, faults } = await openPage(await openBrowser(t));
  await signIn(page, h.url);
  await show(page, 'configuration');
  await page.getByRole('button', { name: 'Add an alias' }).click();
  await page.getByLabel('Name (alias 2)').fill('small');
  await page.getByLabel('Models (alias 2)').fill('gpt-5.5-low');
  await page.getByRole('button', { name: 'Review the change' }).click();
  await page
    .getByRole('dialog')
    .getByText(/added: .*small/)
    .waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The change is in effect.').waitFor();
  const answer = await h.client.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  assert.equal(answer.choices[0]?.message.content, defaultText);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByText('Nothing has changed.').waitFor();
  assert.deepEqual(faults, []);
});

test('what clients and upstreams wrote is text, never markup', async (t) => {
  const h = await startServer(t, { config: { record: 'errors' } });
  const markup = '<img src=x onerror=alert(1)>';
  await assert.rejects(
    h.client.chat.completions.create({ model: markup, messages: [{ role: 'user', content: markup }] }),
  );
  const { page, faults } = await openPage(await openBrowser(t));
  await signIn(page, h.url);
  // The ledger writes its rows by the second, and the overview looks every five.
  await page.getByText('<img src').first().waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await show(page, 'captures');
  await page.getByRole('table', { name: 'Captures' }).getByRole('link').first().click();
  await page.getByRole('table', { name: 'Bodies, line by line' }).getByText('<img src').first().waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  assert.deepEqual(faults, []);
});
