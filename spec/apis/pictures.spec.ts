import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toTrueDataUrl, withTruePictures } from '../../lib/apis/pictures.ts';

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
  [`data:image/png;base64,${png.replace(/.{8}/g, '$&\r\n')}`, `data:image/png;base64,${png}`],
  [`data:image/jpeg;base64,${jpeg.replaceAll('/', '_')}`, `data:image/jpeg;base64,${jpeg}`],
  ['data:image/avif;base64,AA-_', 'data:image/avif;base64,AA+/'],
  ['data:image/avif;base64,AAAA', 'data:image/avif;base64,AAAA'],
  ['data:image/svg+xml,%3Csvg%3E', 'data:image/svg+xml,%3Csvg%3E'],
  ['https://127.0.0.1/a.jpg', 'https://127.0.0.1/a.jpg'],
  ['', ''],
];
for (const [given, told] of rows) {
  test(`${given.slice(0, 40)} is ${told.slice(0, 24)}`, () => assert.equal(toTrueDataUrl(given), told));
}

test('labels in messages and items that are passed on, nothing else of them', () => {
  const lies = `data:image/jpg;base64,${png}`;
  const truth = `data:image/png;base64,${png}`;
  const source = (media_type: unknown, data = png) => ({ type: 'image', source: { type: 'base64', media_type, data } });
  const entries = (url: string, label: unknown) => [
    { role: 'system', content: 'x' },
    {
      role: 'user',
      name: 'n',
      content: [
        { type: 'image_url', image_url: { url, detail: 'low' } },
        { type: 'x', y: [1] },
      ],
    },
    { role: 'user', content: [{ type: 'image_url', image_url: url }, 7, null] },
    { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: url }] },
    { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: url }] },
    { role: 'user', content: [source(label), { type: 'tool_result', tool_use_id: 'a', content: [source(label)] }] },
    null,
  ];
  for (const label of ['image/jpeg', 'image/jpg', undefined, 'text/plain']) {
    assert.deepEqual(withTruePictures(entries(lies, label)), entries(truth, 'image/png'));
  }
  const unknown = [{ role: 'user', content: [source('image/avif', 'AAAA'), source('image/jpg', 'AAAA')] }];
  assert.deepEqual(withTruePictures(unknown), [
    { role: 'user', content: [source('image/avif', 'AAAA'), source('image/jpeg', 'AAAA')] },
  ]);
});
