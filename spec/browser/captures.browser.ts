/** Captures in the console, in a real browser. Not part of `npm test`, because it needs Chromium. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineMiddleware } from '../../lib/index.ts';
import { openBrowser, openPage, tabTo } from './browser.ts';
import { checkLooks, makeHistory, phone, show, signIn, startServer } from './console-page.ts';

/** A plugin that changes what goes by. */
const shout = defineMiddleware({
  name: 'shout',
  after: ['resolve-model'],
  before: ['rewrite-request'],
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) =>
      emit(event.type === 'response.output_text.delta' ? { ...event, delta: event.delta.toUpperCase() } : event),
    );
    next();
  },
});

test('by keyboard alone: record, look at what passed by, explain it, download and delete it', async (t) => {
  const h = await startServer(t, { plugins: [shout] });
  const { page, faults } = await openPage(await openBrowser(t));
  const press = async (role: 'button' | 'link', name: string | RegExp) => {
    await tabTo(page, page.getByRole(role, { name }).first());
    await page.keyboard.press('Enter');
  };
  await signIn(page, h.url);
  await show(page, 'captures');
  await page.getByText('Nothing is recorded.').waitFor();
  await tabTo(page, page.getByLabel('What'));
  await page.keyboard.press('ArrowDown');
  await press('button', 'Start recording');
  await page.getByText('All requests are recorded.').waitFor();
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const answer = await h.client.chat.completions.create({ model: 'coder-high', seed: 7, messages });
  await page.getByRole('table', { name: 'Captures' }).getByText('coder-high').waitFor();
  await press('button', 'Stop recording');
  await page.getByText('Nothing is recorded.').waitFor();

  await press('link', /^\d\d:\d\d:\d\d$/);
  const bodies = page.getByRole('table', { name: 'Bodies, line by line' });
  await bodies
    .getByText('added: "verbosity"')
    .or(bodies.getByText(/verbosity/))
    .first()
    .waitFor();
  await page.getByRole('region', { name: 'Upstream sent' }).getByText('response.created').first().waitFor();
  await page.getByRole('region', { name: 'Client got' }).getByText(answer.choices[0]!.message.content!).waitFor();
  await page.getByText('shout').first().waitFor();
  await press('button', 'Explain');
  await page.getByText('it would be sent').waitFor();
  await page.getByRole('region', { name: 'resolve-model: Model' }).getByText('chatgpt/gpt-5.5').waitFor();
  assert.equal(h.upstream.requests.length, 1);

  const [download] = await Promise.all([page.waitForEvent('download'), press('link', /^Download$/)]);
  assert.match(download.suggestedFilename(), /\.capture\.jsonl$/);
  await press('link', /^[0-9a-f]{32}$/);
  await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
  await press('link', 'See all that passed by');
  await press('button', 'Delete');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await page.keyboard.press('Enter');
  await page.getByText('There is none.').waitFor();
  assert.deepEqual(faults, []);
});

test('a row without a capture says why it cannot be explained, and leads to recording', async (t) => {
  const h = await startServer(t);
  await makeHistory(h);
  const { page } = await openPage(await openBrowser(t), { viewport: phone });
  await signIn(page, h.url);
  await show(page, 'requests');
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click();
  await page.getByText('a row of the ledger never holds what was said').waitFor();
  await checkLooks(page, 'request without a capture');
  await page.getByRole('link', { name: 'Record for some minutes' }).click();
  await page.getByRole('heading', { level: 1, name: 'Captures' }).waitFor();
});
