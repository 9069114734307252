/** Streams are written without what their events repeat: nothing is lost, and no secret hides in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, type CapturedContent, CaptureError, parseCapture } from '../../lib/recorder/capture.ts';
import { type PackedText, Packer, unpack } from '../../lib/recorder/packed-text.ts';
import { Redactor } from '../../lib/recorder/redaction.ts';
import { writeCapture } from '../../lib/recorder/writing.ts';

const noLimit = Number.POSITIVE_INFINITY;

function toText(content: CapturedContent): string {
  return content.packed ? unpack(content.packed, noLimit) : bytesOf(content).toString();
}

function split(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function responsesEvent(delta: string, index: number): string {
  const fields = {
    type: 'a.delta',
    sequence_number: index,
    output_index: 0,
    item_id: 'msg_1',
    delta,
    obfuscation: 'x1',
  };
  return `event: a.delta\ndata: ${JSON.stringify(fields)}\n\n`;
}

function chatChunk(content: string): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

/** Events of several APIs, some like each other and some like none. */
const anyEvent = fc
  .tuple(
    fc.constantFrom('responses', 'chat', 'lines', 'token', 'comment', 'none'),
    fc.oneof(
      fc.constantFrom('', ' the', '\n', '"', '\\', '@', '12', 'é'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    fc.nat({ max: 2 }),
  )
  .map(([kind, text, number]) => {
    if (kind === 'responses') return responsesEvent(text, number);
    if (kind === 'chat') return chatChunk(text);
    if (kind === 'lines') return `${JSON.stringify({ model: 'm', message: { content: text }, done: false })}\n`;
    if (kind === 'token') return `data: ${JSON.stringify({ session_id: text, token: text, logprob: -number })}\n\n`;
    return kind === 'comment' ? ': ping\n\n' : `data: ${text}-${number}"\r\n\r\n`;
  });

test('what was packed unpacks to the same, wherever it was read apart', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 200 }),
      (events, size) => {
        const text = events.join('');
        const packer = new Packer();
        for (const piece of split(text, size)) packer.feed(piece.toString('latin1'));
        const { shapes, parts } = packer.end();
        const packed: PackedText = {
          shapes: shapes.map(({ segments }) => segments),
          parts: parts.map((part) => (typeof part === 'string' ? part : [shapes.indexOf(part.shape), ...part.columns])),
        };
        assert.equal(Buffer.from(unpack(packed, noLimit), 'latin1').toString(), text);
      },
    ),
  );
});

const canaries = ['sk-canary0123456789abcdef', 'canary.person@example.com', '3f2b8c1e-9d44-4e6a-8b1f-0c0ffee0cafe'];

test('a secret in the deltas of a long stream is found, however it is split over them', () => {
  const event = fc.constantFrom(responsesEvent, chatChunk);
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
  const hiding = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.replaceAll('@', '\\u0040'),
  );
  fc.assert(
    fc.property(event, fc.constantFrom(...canaries), cuts, hiding, (write, canary, sizes, hide) => {
      const words = Array.from({ length: 60 }, (_, index) => ` word${index % 7}`);
      const pieces: string[] = [];
      for (let [at, index] = [0, 0]; at < canary.length; index += 1) {
        const size = sizes[index % sizes.length]!;
        pieces.push(canary.slice(at, at + size));
        at += size;
      }
      const deltas = [...words, ' ', ...pieces, ' ', ...words];
      const text = hide(deltas.map(write).join(''));
      const { content, lengths } = new Redactor().bytes(split(text, 700));
      assert.ok(content.packed, 'it is packed');
      assert.equal(
        lengths.reduce((sum, length) => sum + length),
        Buffer.byteLength(text),
      );
      const cleaned = toText(content);
      assert.equal(cleaned.length, text.length);
      const joined = [...cleaned.matchAll(/"(?:delta|content)":"((?:[^"\\]|\\.)*)"/g)]
        .map(([, value]) => JSON.parse(`"${value}"`))
        .join('');
      assert.ok(!joined.includes(canary), joined);
      assert.ok(joined.startsWith(words.join('')) && joined.endsWith(words.join('')), joined);
    }),
  );
});

test('a field whose name tells of a secret, in each of many events', () => {
  const text = Array.from(
    { length: 200 },
    (_, index) => `data: ${JSON.stringify({ n: index, session_id: `open-sesame-${index % 3}`, delta: ' word' })}\n\n`,
  ).join('');
  const cleaned = toText(new Redactor().bytes(split(text, 1000)).content);
  assert.ok(!cleaned.includes('sesame'));
  assert.equal(cleaned.match(/"delta":" word"/g)?.length, 200);
});

test('a picture in a stream of many events becomes its hash and size', () => {
  const picture = Buffer.alloc(6000, 'picture').toString('base64');
  const text = `${Array.from({ length: 100 }, (_, index) => responsesEvent(' word', index)).join('')}data: {"b64":"${picture}"}\n\n`;
  const { content, lengths } = new Redactor().bytes(split(text, 1000));
  const cleaned = toText(content);
  assert.match(cleaned, /"b64":"sha256\/[0-9a-f]{64}\/6000\/bytes\/*"/);
  assert.equal(
    lengths.reduce((sum, length) => sum + length),
    Buffer.byteLength(cleaned),
  );
});

test('a long stream is written in a fraction of its bytes, and read as it came', async () => {
  const upstream = Array.from({ length: 2000 }, (_, index) => responsesEvent(` wörd${index % 10}`, index)).join('');
  const client = Array.from({ length: 2000 }, (_, index) => chatChunk(` wörd${index % 10}`)).join('');
  const line = (at: string, text: string, startMs: number) => {
    const reads = split(text, 5001);
    return { at, n: 0, ms: startMs, reads, readsMs: reads.map((_, index) => startMs + 2 * index) };
  };
  const lines = [line('upstream.bytes', upstream, 1), line('client.bytes', client, 2)];
  const recording = { id: 'req_1', startedAtMs: 0, heldBytes: 0, lines };
  const text = await writeCapture(recording, 'all', false);
  assert.ok(text.length < upstream.length / 3, `${text.length} of ${upstream.length}`);
  const capture = parseCapture(text);
  assert.equal(capture.clientBytes.toString(), client);
  const reads = capture.all('upstream.bytes');
  assert.deepEqual(
    reads.map((read) => [read.ms, bytesOf(read).toString('latin1')]),
    lines[0]!.reads.map((bytes, index) => [1 + 2 * index, bytes.toString('latin1')]),
  );
  const times = capture.lines.slice(1).map((read) => ('ms' in read ? read.ms : -1));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('what the client got as it came is written once', async () => {
  const reads = split(chatChunk(' word').repeat(50), 100);
  const stream = { n: 0, ms: 1, reads, readsMs: reads.map(() => 1) };
  const lines = [
    { at: 'upstream.bytes', ...stream },
    { at: 'client.bytes', ...stream, n: undefined },
  ];
  const text = await writeCapture({ id: 'req_1', startedAtMs: 0, heldBytes: 0, lines }, 'all', false);
  assert.match(text.split('\n')[2]!, /"sameAs":0/);
  assert.equal(parseCapture(text).clientBytes.toString(), Buffer.concat(reads).toString());
});

test('captures of the version before are read', () => {
  const old = [
    { at: 'capture', version: 1, program: '2.0.0', id: 'req_1', startedAt: '2026-11-01T00:00:00.000Z', reason: 'all' },
    { at: 'upstream.bytes', n: 0, ms: 1, text: 'data: a' },
    { at: 'upstream.bytes', n: 0, ms: 2, base64: Buffer.from('\n\n').toString('base64') },
    { at: 'client.bytes', ms: 3, text: 'b' },
  ];
  const capture = parseCapture(old.map((line) => JSON.stringify(line)).join('\n'));
  assert.equal(Buffer.concat(capture.all('upstream.bytes').map(bytesOf)).toString(), 'data: a\n\n');
  assert.equal(capture.clientBytes.toString(), 'b');
});

const begin = JSON.stringify({ at: 'capture', version: 2, id: 'req_1' });
const bomb = { shapes: [['x'.repeat(1000), '']], parts: Array.from({ length: 1000 }, () => [0, '\n'.repeat(1000)]) };

test('what no server has written is refused in words, or passed over', () => {
  const refused: [text: string, words: RegExp][] = [
    ['', /it is empty/],
    ['\0\0', /it is empty/],
    [JSON.stringify({ at: 'capture', version: 99 }), /has version 99; this program reads 1 and 2/],
    [JSON.stringify({ log: { version: '1.2' } }), /first line does not begin one/],
    ...[
      null,
      7,
      { shapes: [] },
      { shapes: [[1]], parts: [] },
      { shapes: [], parts: [[0, 'x']] },
      { shapes: [['a']], parts: [[0]] },
      bomb,
    ].map((packed): [string, RegExp] => [
      `${begin}\n${JSON.stringify({ at: 'client.bytes', ms: 1, packed })}`,
      /not packed as texts are|does not fit its shape|more than \d+ characters/,
    ]),
  ];
  for (const [text, words] of refused)
    assert.throws(
      () => parseCapture(text),
      (error) => error instanceof CaptureError && words.test(error.message),
      text.slice(0, 200),
    );
  const odd = [
    { at: 'client.bytes', ms: 1, text: 'abc', reads: 'none' },
    {
      at: 'client.bytes',
      ms: 2,
      text: 'def',
      reads: [
        [1, -1],
        ['x', 2],
        [3, 1e9],
      ],
    },
    { at: 'client.bytes', ms: 4, sameAs: 3 },
    { at: 'client.bytes', ms: 'soon', text: 'no' },
    { at: 'new stage', ms: 5 },
    { at: 7 },
  ];
  const capture = parseCapture([begin, ...odd.map((line) => JSON.stringify(line)), '{"at":"client.b'].join('\n'));
  assert.equal(capture.clientBytes.toString(), 'abcdef');
});
