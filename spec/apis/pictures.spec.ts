import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toTrueDataUrl } from '../../lib/apis/pictures.ts';

const base64 = (bytes: readonly number[]) => Buffer.from([...bytes, ...new Array(24).fill(0)]).toString('base64');
const png = base64([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const jpeg = base64([0xff, 0xd8, 0xff, 0xe0]);
const gif = base64([...Buffer.from('GIF89a')]);
const webp = base64([...Buffer.from('RIFF'), 0x24, 0, 0, 0, ...Buffer.from('WEBPVP8 ')]);

const rows: [given: string, told: string][] = [
  [`data:image/jpg;base64,${jpeg}`, `data:image/jpeg;base64,${jpeg}`],
  [`data:;base64,${jpeg}`, `data:image/jpeg;base64,${jpeg}`],
  [`data:image/png;base64,${jpeg}`, `data:image/jpeg;base64,${jpeg}`],
  [`data:application/octet-stream;base64,${webp}`, `data:image/webp;base64,${webp}`],
  [`data:IMAGE/PNG;charset=utf-8;base64,${gif}`, `data:image/gif;base64,${gif}`],
  [`data:image/png;base64,${png}`, `data:image/png;base64,${png}`],
  ['data:image/jpg;base64,AAAA', 'data:image/jpeg;base64,AAAA'],
  ['data:image/avif;base64,AAAA', 'data:image/avif;base64,AAAA'],
  ['data:image/svg+xml,%3Csvg%3E', 'data:image/svg+xml,%3Csvg%3E'],
  ['https://127.0.0.1/a.jpg', 'https://127.0.0.1/a.jpg'],
  ['', ''],
];
for (const [given, told] of rows) {
  test(`${given.slice(0, 40)} is ${told.slice(0, 24)}`, () => assert.equal(toTrueDataUrl(given), told));
}
