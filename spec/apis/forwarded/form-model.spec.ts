import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryOf, FormModel } from '../../../lib/apis/forwarded/form-model.ts';

const boundary = '----formdata-undici-0.123';
const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n\u0000\u00ff name="model"\r\n\r\nwrong\r\n`;
const model = `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`;
const other = `--${boundary}\r\ncontent-disposition: form-data; name="model_hint"\r\n\r\nnone\r\n`;
const end = `--${boundary}--\r\n`;

test('the model is found wherever it stands, however the form is cut', () => {
  for (const form of [model + file + end, file + model + end, other + file + model + other + end]) {
    const bytes = Buffer.from(form, 'latin1');
    for (const size of [1, 7, 64, bytes.length]) {
      const reader = new FormModel(boundary);
      let found: ReturnType<FormModel['take']>;
      for (let at = 0; at < bytes.length && !found; at += size) found = reader.take(bytes.subarray(at, at + size));
      assert.equal(found?.name, 'whisper-1', `${size}`);
      assert.equal(bytes.subarray(found!.start, found!.end).toString(), 'whisper-1');
    }
  }
});

test('it is found behind much else, and in the headers that clients write', () => {
  const reader = new FormModel('b');
  assert.equal(reader.take(Buffer.from(`--b\r\ncontent-disposition: form-data; name="file"\r\n\r\n`)), undefined);
  for (let index = 0; index < 100; index += 1) assert.equal(reader.take(Buffer.alloc(10_000, 65)), undefined);
  const found = reader.take(
    Buffer.from(
      '\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=model\r\n\r\nbox/m\r\n--b--',
    ),
  );
  assert.equal(found?.name, 'box/m');
  assert.equal(new FormModel('b').take(Buffer.from(file + end)), undefined);
});

test('boundaries are read as clients write them', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc');
  assert.equal(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"'), 'a b');
  for (const type of [
    '',
    'application/json',
    'multipart/form-data',
    `multipart/form-data; boundary=${'x'.repeat(80)}x`,
  ]) {
    assert.notEqual(boundaryOf(type), 'abc');
  }
});

test('a hostile form costs no more than its length', () => {
  const costOf = (bytes: number) => {
    const reader = new FormModel('b');
    const part = Buffer.from('\r\n--b\r\ncontent-disposition: form-data; name="model"\r\nx: y\r\n'.repeat(50));
    const before = process.cpuUsage();
    for (let at = 0; at < bytes; at += part.length) reader.take(part);
    return process.cpuUsage(before).user / 1000;
  };
  costOf(100_000);
  assert.ok(costOf(1_000_000) < 5_000);
});
