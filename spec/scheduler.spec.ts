import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OpenCompatError } from '../lib/errors.ts';
import { createScheduler, type SchedulerOptions } from '../lib/scheduler.ts';
import { createRecordingLog } from './support/recording-log.ts';

const minuteMs = 60_000;

/** A scheduler on a clock that only `pass` moves; 12:00:30 at the start. */
function createClockedScheduler(t: TestContext, options: Partial<SchedulerOptions> = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: new Date(2026, 10, 23, 12, 0, 30) });
  const log = createRecordingLog();
  const scheduler = createScheduler({ log, random: () => 0, ...options });
  scheduler.start();
  t.after(() => scheduler.stop());
  /** In steps, each with time for what it started to settle. */
  async function pass(ms: number, stepMs = 10_000): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      t.mock.timers.tick(stepMs);
      await settle();
    }
  }
  return { log, scheduler, pass };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Minutes after the start (12:00:30) at which a task that ends at once was run. */
async function runMinutes(t: TestContext, refresh: number | string, forMinutes: number): Promise<number[]> {
  const { scheduler, pass } = createClockedScheduler(t);
  const startMs = Date.now();
  const runs: number[] = [];
  scheduler.schedule('task', refresh, async () => {
    runs.push(Math.round((Date.now() - startMs) / minuteMs));
  });
  await pass(forMinutes * minuteMs);
  return runs;
}

test('0 is never', async (t) => {
  assert.deepEqual(await runMinutes(t, 0, 60), []);
});

for (const minutes of [1, 7, 60, 90, 1440]) {
  test(`${minutes} minutes are ${minutes} minutes, the first time in the first minute`, async (t) => {
    const first = 1; // 12:01:00, half a minute after the start, rounded
    assert.deepEqual(await runMinutes(t, minutes, minutes * 3 + 1), [
      first,
      first + minutes,
      first + 2 * minutes,
      first + 3 * minutes,
    ]);
  });
}

test('ticks that come some milliseconds early or late leave no minute out', async (t) => {
  const latenessMs = [40, 0, 30, 0];
  const { scheduler, pass } = createClockedScheduler(t, { now: () => Date.now() + latenessMs.shift()! });
  let starts = 0;
  scheduler.schedule('task', 1, async () => {
    starts++;
  });
  await pass(4 * minuteMs);
  assert.equal(starts, 4);
});

test('a cron expression alone says when', async (t) => {
  assert.deepEqual(await runMinutes(t, '15 13 * * *', 24 * 60), [75]);
});

test('an invalid cron expression is an error at once', (t) => {
  const { scheduler } = createClockedScheduler(t);
  assert.throws(() => scheduler.schedule('task', '99 * * * *', async () => {}), /99/);
});

test('first runs are spread over the first minute', async (t) => {
  const parts = [0.9, 0.1];
  const { scheduler, pass } = createClockedScheduler(t, { random: () => parts.shift()! });
  const seconds: number[] = [];
  for (const name of ['one', 'other']) {
    scheduler.schedule(name, 60, async () => {
      seconds.push(new Date().getSeconds());
    });
  }
  await pass(minuteMs, 1000);
  assert.deepEqual(seconds, [54, 6]);
});

test('a task that is still running is not started again', async (t) => {
  const { scheduler, pass } = createClockedScheduler(t);
  const ends: (() => void)[] = [];
  scheduler.schedule('slow', 1, () => new Promise((resolve) => ends.push(resolve)));
  await pass(5 * minuteMs);
  const startsWhileRunning = ends.length;
  for (const end of ends) end();
  await pass(minuteMs);
  const starts = ends.length;
  for (const end of ends) end();
  assert.deepEqual([startsWhileRunning, starts], [1, 2]);
});

test('a failing task is logged by its name and runs again', async (t) => {
  const { scheduler, log, pass } = createClockedScheduler(t);
  let starts = 0;
  scheduler.schedule('model lists', 1, async () => {
    starts++;
    throw new Error('no network');
  });
  await pass(2 * minuteMs);
  assert.equal(starts, 2);
  assert.deepEqual(
    log.lines.map(({ level, message, fields }) => [level, message, String(fields?.error)]),
    Array(2).fill(['warn', 'model lists failed; it runs again when it is next due', 'Error: no network']),
  );
});

test('what can be expected to fail, such as a machine that is off the network, is told in a line', async (t) => {
  const { scheduler, log, pass } = createClockedScheduler(t);
  scheduler.schedule('model lists', 1, async () => {
    throw new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: 'GitHub', reason: 'ENOTFOUND' });
  });
  await pass(minuteMs);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields),
    [{ reason: 'GitHub cannot be reached: ENOTFOUND.' }],
  );
});

test('a computer that slept through the moment catches up', async (t) => {
  const { scheduler, pass } = createClockedScheduler(t);
  let starts = 0;
  scheduler.schedule('task', 60, async () => {
    starts++;
  });
  await pass(minuteMs);
  t.mock.timers.setTime(Date.now() + 8 * 60 * minuteMs);
  await pass(2 * minuteMs);
  assert.equal(starts, 2);
});

/** Mocked timers go by the mocked clock, so what is set back is what everybody reads from it. */
function setClockBack(t: TestContext, ms: number): void {
  const Ahead = Date;
  class SetBack extends Ahead {
    static override now = () => Ahead.now() - ms;
    constructor(...given: [number]) {
      super(...(given.length > 0 ? given : ([SetBack.now()] as [number])));
    }
  }
  globalThis.Date = SetBack as DateConstructor;
  t.after(() => {
    globalThis.Date = Ahead;
  });
}

for (const backMs of [20_000, 8 * 60 * minuteMs]) {
  test(`a clock that was ahead by ${backMs / 1000} s and is set back stops nothing`, async (t) => {
    const { scheduler, pass } = createClockedScheduler(t);
    const starts: string[] = [];
    scheduler.schedule('each minute', 1, async () => {
      starts.push('minutes');
    });
    scheduler.schedule('by cron', '*/2 * * * *', async () => {
      starts.push('cron');
    });
    await pass(2 * minuteMs);
    starts.length = 0;
    setClockBack(t, backMs);
    await pass(4 * minuteMs);
    const count = (name: string) => starts.filter((start) => start === name).length;
    assert.ok(count('minutes') >= 3, starts.join());
    assert.ok(count('cron') >= 1, starts.join());
  });
}

test('a busy event loop delays a run by seconds, and does not skip it', async (t) => {
  const { scheduler, pass } = createClockedScheduler(t);
  let starts = 0;
  scheduler.schedule('daily', '1 12 * * *', async () => {
    starts++;
  });
  await pass(20_000);
  t.mock.timers.setTime(Date.now() + 20_000);
  await pass(minuteMs);
  assert.equal(starts, 1);
});

test('stop aborts what is running, waits for it, and starts nothing more', async (t) => {
  const { scheduler, log, pass } = createClockedScheduler(t);
  const events: string[] = [];
  scheduler.schedule('task', 1, async (signal) => {
    events.push('started');
    await once(signal, 'abort');
    events.push('aborted');
    await settle();
    events.push('ended');
    throw signal.reason;
  });
  await pass(minuteMs);
  await scheduler.stop();
  assert.deepEqual(events, ['started', 'aborted', 'ended']);
  scheduler.schedule('late', 1, async () => {
    events.push('late');
  });
  await pass(5 * minuteMs);
  assert.deepEqual(events, ['started', 'aborted', 'ended']);
  assert.deepEqual(log.lines, []);
});

test('its timers do not keep a process alive', async () => {
  const module = fileURLToPath(new URL('../lib/scheduler.ts', import.meta.url));
  const source = `import(${JSON.stringify(module)}).then(({ createScheduler }) => {
    const scheduler = createScheduler({ log: console });
    scheduler.schedule('task', 1440, async () => {});
    scheduler.start();
  });`;
  const worker = new Worker(source, { eval: true });
  const [code] = await once(worker, 'exit');
  assert.equal(code, 0);
});
