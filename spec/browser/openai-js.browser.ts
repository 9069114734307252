/**
 * The `openai` package in a web page, in a real browser: pages of allowed origins stream, others get nothing. Not part of
 * `npm test`, because it needs Chromium: `node --test spec/browser/openai-js.browser.ts`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createHarness, defaultText } from '../support/index.ts';
import { openBrowser } from './browser.ts';

/** What the page found out. */
interface Report {
  text?: string;
  chunks?: number;
  requestId?: string | null;
  error?: string;
}

function createPage(baseUrl: string): string {
  return `<!doctype html><script type="module">
    import { OpenAI } from '/openai/index.mjs';
    const report = {};
    try {
      const options = { baseURL: '${baseUrl}', apiKey: 'none', dangerouslyAllowBrowser: true, maxRetries: 0 };
      const { data, response } = await new OpenAI(options).chat.completions
        .create({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }], stream: true })
        .withResponse();
      const deltas = [];
      for await (const chunk of data) deltas.push(chunk.choices[0]?.delta.content ?? '');
      Object.assign(report, {
        text: deltas.join(''),
        chunks: deltas.length,
        requestId: response.headers.get('x-request-id'),
      });
    } catch (error) {
      report.error = error.constructor.name;
    }
    await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
  </script>`;
}

const packageUrl = new URL('./', import.meta.resolve('openai'));

/** A web site of one page, which is given the API's address, and what that page has reported. */
async function openSite(t: TestContext) {
  let resolveReport: (report: Report) => void;
  const report = new Promise<Report>((resolve) => {
    resolveReport = resolve;
  });
  let page = '';
  const site = createServer(async (req, res) => {
    if (req.url === '/report') {
      resolveReport((await json(req)) as Report);
      res.writeHead(204).end();
    } else if (req.url?.startsWith('/openai/')) {
      res.setHeader('content-type', 'text/javascript');
      res.end(await readFile(new URL(req.url.slice('/openai/'.length), packageUrl)));
    } else {
      res.setHeader('content-type', 'text/html');
      res.end(page);
    }
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return {
    port: (site.address() as AddressInfo).port,
    report,
    show(baseUrl: string) {
      page = createPage(baseUrl);
    },
  };
}

const cases: { name: string; host: string; isListed: boolean; isAllowed: boolean }[] = [
  { name: 'a page of this machine may', host: '127.0.0.1', isListed: false, isAllowed: true },
  { name: 'a page of a configured origin may', host: 'app.example', isListed: true, isAllowed: true },
  { name: 'a page of any other origin may not', host: 'evil.example', isListed: false, isAllowed: false },
];

for (const { name, host, isListed, isAllowed } of cases) {
  test(name, { timeout: 60_000 }, async (t) => {
    const site = await openSite(t);
    const origin = `http://${host}:${site.port}`;
    const { url, upstream } = await createHarness(t, { config: { allowedOrigins: isListed ? [origin] : [] } });
    site.show(`${url}/v1`);
    const page = await (await openBrowser(t)).newPage();
    await page.goto(origin);
    const report = await site.report;
    if (isAllowed) {
      assert.deepEqual([report.error, report.text], [undefined, defaultText]);
      assert.ok(report.chunks! > 1);
      assert.ok(report.requestId);
    } else {
      assert.equal(report.error, 'APIConnectionError');
      assert.equal(upstream.requests.length, 0);
    }
  });
}
