/** Secrets in every place where a request may have one, and a search of every byte of the captures. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCapture } from '../../lib/recorder/capture.ts';
import { Redactor } from '../../lib/recorder/redaction.ts';
import { createHarness } from '../support/harness.ts';
import { scriptAnswer } from '../support/scripted-answer.ts';

const canaries = [
  'sk-canary0123456789abcdef',
  'eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl',
  'canary.person@example.com',
  'acct_canary12345678',
  '3f2b8c1e-9d44-4e6a-8b1f-0c0ffee0cafe',
  'ghp_canary0123456789abcdef0123',
];
const inHeaders = 'short-canary-of-a-header';
const requests = 1_000;
const atOnce = 50;

test(`captures of ${requests} requests hold none`, async (t) => {
  const apiKey = 'canary-client-key-7';
  const h = await createHarness(t, { apiKey, config: { record: 'all', recordMaxFiles: 2 * requests } });
  const { tokens, accountId, email } = h.upstream.account;
  const secrets = [...canaries, inHeaders, apiKey, tokens.accessToken, tokens.refreshToken, accountId, email];
  for (let sent = 0; sent < requests; sent += atOnce) {
    await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => {
        const canary = canaries[(sent + index) % canaries.length]!;
        h.upstream.reply(scriptAnswer([{ text: `It is ${canary}, of course.` }]), { splitEveryBytes: 97 });
        const answer = await h.fetch(`/v1/chat/completions?api_key=${inHeaders}&q=${canary}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            cookie: `a=${inHeaders}`,
            'x-api-key': inHeaders,
            'x-note': canary,
          },
          body: JSON.stringify({
            model: 'gpt-5.5',
            stream: index % 2 === 0,
            user: canary,
            metadata: { api_key: inHeaders },
            messages: [{ role: 'user', content: `My secret "${canary}"\nis ${canary}` }],
          }),
        });
        await answer.text();
      }),
    );
  }
  await h.server.close();
  const folder = join(h.dataDir, 'captures');
  const names = await readdir(folder);
  assert.equal(names.length, requests);
  for (const name of names) {
    const file = await readFile(join(folder, name), 'utf8');
    const capture = parseCapture(file);
    const answers = capture.upstreamAnswers.map(({ reads }) => reads.map(({ text = '' }) => text).join(''));
    const deltas = [capture.clientBytes.toString(), ...answers].map((text) =>
      [...text.matchAll(/"(?:delta|content|text)":"((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value).join(''),
    );
    for (const text of [file, ...answers, ...deltas])
      for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${name}`);
  }
});

test('a secret is found wherever reads and deltas are split', () => {
  const gaps = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...canaries), gaps, fc.integer({ min: 1, max: 40 }), (canary, cuts, size) => {
      const text = `Here: ${canary} it is`;
      const marks = [...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
      const deltas = marks.map((cut, index) => text.slice(index === 0 ? 0 : marks[index - 1], cut));
      const sse = deltas.map((delta) => `data: ${JSON.stringify({ type: 'd', output_index: 0, delta })}\n\n`).join('');
      const bytes = Buffer.from(sse);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const cleaned = new Redactor().pieces(pieces);
      assert.deepEqual(
        cleaned.map(({ length }) => length),
        pieces.map(({ length }) => length),
      );
      const events = Buffer.concat(cleaned).toString().split('\n\n').filter(Boolean);
      const joined = events.map((event) => JSON.parse(event.slice('data: '.length)).delta).join('');
      assert.ok(!joined.includes(canary), joined);
      assert.match(joined, /^Here: .* it is$/);
    }),
  );
});

test('pictures become their hash and size', () => {
  const picture = Buffer.alloc(6000, 'picture').toString('base64');
  const text = new Redactor().text(JSON.stringify({ image_url: `data:image/png;base64,${picture}`, n: 1 }));
  assert.match(JSON.parse(text).image_url, /^data:image\/png;base64,sha256\/[0-9a-f]{64}\/6000\/bytes\/*$/);
  assert.equal(new Redactor({ keepsFiles: true }).text(picture), picture);
});

test('a secret that is written with escapes is found too, and the text stays JSON', () => {
  const hide = (text: string) => text.replace(/[@.]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const address = 'canary.person@example.com';
  const inner = `{"to":"${hide(address)}"}`;
  for (const text of [
    `{"list":["${hide(address)}"]}`,
    `{"content":"${hide(address)}"}`,
    JSON.stringify({ arguments: inner }),
  ]) {
    const cleaned = new Redactor().text(text);
    let read = JSON.stringify(JSON.parse(cleaned));
    if (read.includes('arguments')) read = JSON.stringify(JSON.parse(JSON.parse(cleaned).arguments));
    assert.ok(!read.includes('example.com') && !read.includes('canary'), read);
  }
});

test('what stands beside a secret stays whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.constantFrom(...canaries), (text, canary) => {
      const cleaned = new Redactor().text(`${text}é${canary}é${text}`);
      assert.ok(!cleaned.includes('\ufffd') || text.includes('\ufffd'), cleaned);
      assert.ok(!cleaned.includes(canary));
    }),
  );
});

test('the tokens of an answer and their probabilities stay readable, a token that opens something does not', () => {
  const logprobs = {
    content: [{ token: 'Hello', bytes: [72], logprob: -0.1, top_logprobs: [{ token: '{', logprob: -2 }] }],
  };
  const text = JSON.stringify({ logprobs });
  assert.equal(new Redactor().text(text), text);
  assert.ok(!new Redactor().text(JSON.stringify({ token: 'open-sesame', id: 1 })).includes('sesame'));
});
