/**
 * Clients whose connection nginx cuts in the middle of an answer, because it was reloaded or restarted: each reads the whole
 * text, of one upstream request, by the code that the guides give. Not part of `npm test`, because it needs nginx, openssl,
 * Chromium and the `openai` package of Python: `.ci/check-containers` runs it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage } from '../browser/browser.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';
import { words } from '../support/resuming-client.ts';
import { type Nginx, startNginx } from './nginx.ts';

const root = new URL('../../', import.meta.url);

/** The code behind `<!-- run: NAME -->`. */
async function readCode(guide: string, name: string): Promise<string> {
  const text = await readFile(new URL(guide, root), 'utf8');
  return new RegExp(`<!-- run: ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(text)![1]!;
}

const resumingFetch = await readCode('README.md', 'resuming-fetch');

interface Site {
  harness: Harness;
  nginx: Nginx;
}

async function startSite(t: TestContext): Promise<Site> {
  const harness = await createHarness(t, { config: { trustedProxies: ['127.0.0.1'] } });
  // A name that every client finds by itself.
  const nginx = await startNginx(t, [harness.server.address.port], { name: 'localhost', shutdownTimeoutMs: 100 });
  return { harness, nginx };
}

/** A client that is at its work. */
interface Client {
  /** What it has read so far. */
  text(): string | Promise<string>;
  /** Rejects when it fails. */
  ended: Promise<unknown>;
}

/** Cuts the connection when a part of the text has come, and reads the rest. */
async function cutOff(
  { harness, nginx }: Site,
  how: 'reload' | 'restart',
  start: () => Promise<Client>,
): Promise<void> {
  const { upstream, logs } = harness;
  upstream.reply(scriptAnswer([{ text: words }]), { pauseAfterBytes: 50_000 });
  const { text, ended } = await start();
  while ((await text()) === '') await Promise.race([sleep(20), ended]);
  assert.notEqual(await text(), words);
  await nginx[how]();
  upstream.last.resume();
  await ended;
  assert.equal(await text(), words);
  assert.equal(upstream.requests.length, 1);
  const ofStreams = logs.filter(({ message, path, method }) => message === 'request' && !isStart(method, path));
  assert.ok(ofStreams.length > 1, 'the client has come back');
}

/** Of the requests for an answer in the background, the one that ends at once. */
function isStart(method: unknown, path: unknown): boolean {
  return method === 'OPTIONS' || (method === 'POST' && path === '/v1/responses');
}

/** A program that writes what it reads. */
function runProgram(t: TestContext, { nginx }: Site, program: string, args: readonly string[]): Client {
  const child: ChildProcess = spawn(program, args, {
    cwd: fileURLToPath(root),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      OPENAI_BASE_URL: `${nginx.url}/v1`,
      OPENAI_API_KEY: 'none',
      ANTHROPIC_BASE_URL: nginx.url,
      ANTHROPIC_API_KEY: 'none',
      NODE_EXTRA_CA_CERTS: nginx.caFile,
      SSL_CERT_FILE: nginx.caFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => void child.kill());
  let text = '';
  let errors = '';
  child.stdout!.on('data', (part) => {
    text += part;
  });
  child.stderr!.on('data', (part) => {
    errors += part;
  });
  const ended = once(child, 'close').then(([status]) => assert.equal(status, 0, errors));
  return { text: () => text, ended };
}

const node = (code: string) => ['--input-type=module', '--eval', code];

const programs: Record<string, () => Promise<[string, readonly string[]]>> = {
  'openai in JavaScript, in the background': async () => [
    process.execPath,
    node(await readCode('routes/README.md', 'follow-js')),
  ],
  'openai in Python, in the background': async () => [
    'python3',
    ['-c', await readCode('routes/README.md', 'follow-python')],
  ],
  'openai in JavaScript, by its fetch': async () => [
    process.execPath,
    node(`import { OpenAI } from 'openai';
      ${resumingFetch}
      const messages = [{ role: 'user', content: 'Hello' }];
      const chat = new OpenAI({ fetch: resumingFetch }).chat.completions;
      const chunks = await chat.create({ model: 'gpt-5.5', stream: true, messages });
      for await (const { choices } of chunks) process.stdout.write(choices[0]?.delta.content ?? '');`),
  ],
  'Anthropic’s package in JavaScript, by its fetch': async () => [
    process.execPath,
    node(`import Anthropic from '@anthropic-ai/sdk';
      ${resumingFetch}
      const messages = [{ role: 'user', content: 'Hello' }];
      const client = new Anthropic({ fetch: resumingFetch });
      const stream = client.messages.stream({ model: 'gpt-5.5', max_tokens: 100_000, messages });
      stream.on('text', (text) => process.stdout.write(text));
      await stream.finalMessage();`),
  ],
};

/** Scripts of pages: they write what they read into the page, and its title when all is there. */
const scripts = {
  'by fetch': (url: string) => `${resumingFetch}
    const answer = await resumingFetch('${url}/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const [, data] of part.value.matchAll(/^data: ({.*)$/gm)) {
        output.textContent += JSON.parse(data).choices[0]?.delta.content ?? '';
      }
    }
    document.title = 'done';`,
  'by EventSource, in the background': (url: string) => `
    const created = await fetch('${url}/v1/responses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'Hello', background: true }),
    });
    const { id } = await created.json();
    const events = new EventSource('${url}/v1/responses/' + id + '?stream=true');
    events.addEventListener('response.output_text.delta', ({ data }) => {
      output.textContent += JSON.parse(data).delta;
    });
    events.addEventListener('response.completed', () => {
      events.close();
      document.title = 'done';
    });`,
};

/** A page of another site, at work in a browser. */
async function openClientPage(t: TestContext, script: string): Promise<Client> {
  const site = createServer((_req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`<!doctype html><title>at work</title><p id="output"></p><script type="module">${script}</script>`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  const { page, faults } = await openPage(await openBrowser(t), { ignoreHTTPSErrors: true });
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const failed = () => assert.deepEqual(faults, []);
  return {
    text: () => page.evaluate<string>('output.textContent'),
    ended: page.waitForFunction('document.title === "done"').then(undefined, (error) => {
      failed();
      throw error;
    }),
  };
}

describe('nginx cuts a stream', { concurrency: 2 }, () => {
  for (const how of ['reload', 'restart'] as const) {
    for (const [name, program] of Object.entries(programs)) {
      test(`at a ${how}: ${name}`, async (t) => {
        const site = await startSite(t);
        const [path, args] = await program();
        await cutOff(site, how, async () => runProgram(t, site, path, args));
      });
    }
    for (const [name, script] of Object.entries(scripts)) {
      test(`at a ${how}: a page, ${name}`, async (t) => {
        const site = await startSite(t);
        await cutOff(site, how, () => openClientPage(t, script(site.nginx.url)));
      });
    }
  }
});
