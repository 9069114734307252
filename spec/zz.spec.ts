/** Screenshots for a look. */
import { test } from 'node:test';
import { defineMiddleware } from '/tmp/w/inspector/lib/index.ts';
import { createConsole, adminKey } from '/tmp/w/inspector/spec/routes/console/support.ts';
import { scriptAnswer } from '/tmp/w/inspector/spec/support/scripted-answer.ts';
import { findAxeViolations, openBrowser, openPage } from '/tmp/w/inspector/spec/browser/browser.ts';
const cap = defineMiddleware({ name: 'shout', after: ['resolve-model'], before: ['rewrite-request'], create() { return (req, _res, next) => { req.exchange.onEvent((event, emit) => emit(event.type === 'response.output_text.delta' ? { ...event, delta: event.delta.toUpperCase() } : event)); next(); }; } });
test('x', async (t) => {
  const h = await createConsole(t, { plugins: [cap], config: { usageStore: 'file', record: 'all', aliases: { mine: ['chatgpt/gpt-5.5'] } } });
  h.upstream.reply(scriptAnswer([{ text: 'It is fine, of course. '.repeat(20) }]));
  const ask = async (body: object, path = '/v1/chat/completions') => (await h.fetch(path, { method: 'POST', headers: {'content-type':'application/json', 'anthropic-beta': 'x-1'}, body: JSON.stringify(body) })).text();
  const tools = Array.from({ length: 6 }, (_, n) => ({ type: 'function', function: { name: `tool_${n}`, description: 'Reads a file of the project and gives its lines.', parameters: { type: 'object', properties: { path: { type: 'string' }, from: { type: 'integer' } }, required: ['path'] } } }));
  await ask({ model: 'mine-high', seed: 7, stream: true, stop: ['END'], messages: [{ role: 'system', content: 'Be short.' }, {role:'user', content: 'Hello there, what is in this folder?'}], tools });
  h.upstream.reply(scriptAnswer([{ text: 'Hello' }]));
  await ask({ model: 'mine', max_tokens: 50, stream: true, messages: [{role:'user', content: 'Hello'}] }, '/v1/messages');
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await ask({ model: 'gpt-5.5', input: 'Hello' }, '/v1/responses');
  await new Promise((r) => setTimeout(r, 1500));
  const browser = await openBrowser(t);
  for (const [name, viewport] of [['wide', { width: 1280, height: 900 }], ['phone', { width: 375, height: 740 }]] as const) for (const colorScheme of ['light', 'dark'] as const) {
    const { page, faults } = await openPage(browser, { viewport, colorScheme });
    await page.goto(`${h.url}/console/`);
    await page.getByLabel('Admin key').fill(adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const shot = async (what: string) => { await page.waitForLoadState('networkidle'); await new Promise((r) => setTimeout(r, 300)); await page.screenshot({ path: `/tmp/w/insp/${what}-${name}-${colorScheme}.png`, fullPage: true }); const v = await findAxeViolations(page); if (v.length) console.log(what, name, colorScheme, v); 
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) console.log('too wide', what, name); };
    await page.evaluate(`location.hash = '#/captures'`);
    await page.getByRole('table', { name: 'Captures' }).waitFor();
    await shot('list');
    if (colorScheme === 'light') { await page.getByRole('button', { name: 'Start recording' }).click(); await page.getByText('It ends').waitFor(); await shot('recording'); await page.getByRole('button', { name: 'Stop' }).click(); }
    for (const [n, what] of [[2, 'chat'], [1, 'messages'], [0, 'failed']] as const) {
      await page.evaluate(`location.hash = '#/captures'`);
      await page.getByRole('table', { name: 'Captures' }).getByRole('link').nth(n).click();
      await page.getByText('Where the time went').waitFor();
      await page.getByRole('button', { name: 'Explain' }).click();
      await page.getByText('What would happen', { exact: true }).waitFor();
      await shot(what);
      for (const part of ['stages','bodies','way-back']) await page.locator(`section[aria-labelledby=${part}]`).screenshot({ path: `/tmp/w/insp/p-${what}-${part}-${name}-${colorScheme}.png` });
    }
    console.log(faults);
  }
});
