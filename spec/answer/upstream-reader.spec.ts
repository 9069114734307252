/** How the reading of an upstream's answer ends, whatever is done with the bytes. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type ByteConsumer, type ReaderOptions, UpstreamReader } from '../../lib/answer/upstream-reader.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../lib/providers/provider.ts';

function openAnswer(): UpstreamAnswer {
  return Object.assign(new Readable({ read() {} }), { statusCode: 200, headers: {} }) as UpstreamAnswer;
}

function createReader(answer: UpstreamAnswer, options: Partial<ReaderOptions> = {}): UpstreamReader {
  const signal = new AbortController().signal;
  return new UpstreamReader(answer, { providerTitle: 'Upstream', idleTimeoutMs: 10_000, signal, ...options });
}

const idle: ByteConsumer = { take() {}, end() {} };
const codeOf = (reading: Promise<void>) =>
  reading.then(
    () => 'none',
    (error: unknown) => (error instanceof OpenCompatError ? error.code : String(error)),
  );
const turn = () => new Promise(setImmediate);

test('an upstream that says nothing, and a client that reads nothing, are told apart', async () => {
  const silent = openAnswer();
  assert.equal(await codeOf(createReader(silent, { idleTimeoutMs: 5 }).read(idle)), 'OC_UPSTREAM_TIMEOUT');
  assert.equal(silent.destroyed, true);

  const busy = openAnswer();
  busy.push('text');
  const stalled = { ...idle, flush: () => false, drained: () => new Promise<void>(() => {}) };
  assert.equal(await codeOf(createReader(busy, { idleTimeoutMs: 5 }).read(stalled)), 'OC_CLIENT_STALLED');
  assert.equal(busy.destroyed, true);
});

test('an answer counts as cut off unless its end finishes the reading', async () => {
  const ended = openAnswer();
  ended.push(null);
  assert.equal(await codeOf(createReader(ended).read(idle)), 'OC_UPSTREAM_STREAM_CLOSED');

  const closed = openAnswer();
  const closing = codeOf(createReader(closed).read(idle));
  closed.destroy();
  assert.equal(await closing, 'OC_UPSTREAM_STREAM_CLOSED');

  const broken = openAnswer();
  const breaking = codeOf(createReader(broken).read(idle));
  broken.destroy(new Error('ECONNRESET'));
  assert.equal(await breaking, 'OC_UPSTREAM_STREAM_CLOSED');

  const whole = openAnswer();
  whole.push(null);
  const reader = createReader(whole);
  assert.equal(await codeOf(reader.read({ ...idle, end: () => reader.finish() })), 'none');
});

test('what a consumer throws ends the reading, in each of its methods', async () => {
  const fail = () => {
    throw new Error('no');
  };
  for (const consumer of [
    { ...idle, take: fail },
    { ...idle, flush: fail },
    { ...idle, end: fail },
  ]) {
    const answer = openAnswer();
    answer.push('text');
    answer.push(null);
    const reader = createReader(answer);
    assert.equal(await codeOf(reader.read(consumer)), 'Error: no');
    assert.equal(answer.destroyed, true);
    assert.equal(reader.isSettled, true);
  }
});

test('a reading that has ended takes no bytes, no second verdict and no late error', async () => {
  for (const verdict of ['finish', 'cut'] as const) {
    const answer = openAnswer();
    const reader = createReader(answer);
    let taken = 0;
    const reading = reader.read({
      ...idle,
      take() {
        taken += 1;
        reader[verdict]();
        reader.fail(new Error('too late'));
      },
    });
    answer.push('one');
    await turn();
    if (verdict === 'finish') answer.push('two');
    await turn();
    answer.destroy(new Error('late'));
    await turn();
    assert.equal(await codeOf(reading), 'none');
    assert.equal(taken, 1);
  }
});

test('what follows a finished answer is read off, what follows a cut one is not asked for', async () => {
  const finished = openAnswer();
  const reader = createReader(finished);
  const reading = reader.read({ ...idle, take: () => reader.finish() });
  finished.push('text');
  await reading;
  finished.push('more');
  finished.push(null);
  await turn();
  assert.equal(finished.readableEnded, true);

  const cut = openAnswer();
  const cutter = createReader(cut);
  const cutting = cutter.read({ ...idle, take: () => cutter.cut() });
  cut.push('text');
  await cutting;
  assert.equal(cut.destroyed, true);
});

test('one flush for all that comes at once, and it comes before the end', async () => {
  const answer = openAnswer();
  const seen: string[] = [];
  const reader = createReader(answer);
  const reading = reader.read({
    take: (bytes) => seen.push(bytes.toString()),
    flush: () => seen.push('flush') > 0,
    end() {
      seen.push('end');
      reader.finish();
    },
  });
  await turn();
  answer.emit('data', Buffer.from('a'));
  answer.emit('data', Buffer.from('b'));
  answer.emit('end');
  await reading;
  assert.deepEqual(seen, ['a', 'b', 'flush', 'end']);
});

test('an upstream waits until the client has read', async () => {
  const answer = openAnswer();
  let drain = () => {};
  const taken: string[] = [];
  const reader = createReader(answer);
  const reading = reader.read({
    take: (bytes) => taken.push(bytes.toString()),
    flush: () => false,
    drained: () =>
      new Promise<void>((resolve) => {
        drain = resolve;
      }),
    end: () => reader.finish(),
  });
  answer.push('one');
  await turn();
  answer.push('two');
  await turn();
  assert.equal(answer.isPaused(), true);
  assert.deepEqual(taken, ['one']);
  drain();
  await turn();
  assert.deepEqual(taken, ['one', 'two']);
  answer.push(null);
  drain();
  await reading;
});

test('an abort is told by its reason, also one that came before', async () => {
  const reason = new OpenCompatError('OC_SHUTTING_DOWN');
  const answer = openAnswer();
  assert.equal(await codeOf(createReader(answer, { signal: AbortSignal.abort(reason) }).read(idle)), reason.code);
  assert.equal(answer.destroyed, true);

  const controller = new AbortController();
  const reading = codeOf(createReader(openAnswer(), { signal: controller.signal }).read(idle));
  controller.abort(reason);
  assert.equal(await reading, reason.code);
});
