/** However the bytes of a stream are cut, its events are those of the whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { createSseReader } from '../../lib/answer/sse.ts';

const line = fc.oneof(
  fc.constantFrom('', 'data: a', 'data:ö€😀', 'data', 'event: x', 'id: 1', ': comment', 'retry: 5', 'da', 'unknown: 1'),
  fc.string({ maxLength: 5 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r')), { maxLength: 30 })
  .map((lines) => lines.map((parts) => parts.join('')).join(''));

function readAtOnce(text: string): string[] {
  const datas: string[] = [];
  createParser({ onEvent: ({ data }) => datas.push(data) }).feed(`${text}\n\n`);
  return datas;
}

test('events come whole from bytes that are cut anywhere', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200)), (text, cuts) => {
      const datas: string[] = [];
      const reader = createSseReader((data) => datas.push(data), { maxEventBytes: 10_000, maxEventLines: 100 });
      const bytes = Buffer.from(text);
      const places = [...cuts, bytes.length].map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b);
      for (const [index, end] of places.entries()) reader.feed(bytes.subarray(places[index - 1] ?? 0, end));
      reader.end();
      assert.deepEqual(datas, readAtOnce(text));
    }),
    { numRuns: 1000 },
  );
});
