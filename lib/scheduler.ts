import type { ScheduledTask } from 'node-cron';
import { watchClock } from './clock-jumps.ts';
import { OpenCompatError } from './errors.ts';
import { loadPackage } from './load-package.ts';
import type { Logger } from './log.ts';

const minuteMs = 60_000;

/** Must end soon after its signal is aborted. Its errors are logged, and it runs again when it is next due. */
type Task = (signal: AbortSignal) => Promise<void>;

export interface Scheduler {
  /**
   * Runs a task repeatedly, never twice at a time.
   *
   * @param refresh minutes between the starts of two runs, the first in the next minute; or a cron expression (5 or 6
   *   fields, local time), which alone decides on the times; 0 = never
   * @throws Error when the cron expression is not valid
   */
  schedule(name: string, refresh: number | string, task: Task): void;
  /** Starts the tasks. Loads node-cron only now, to keep the server's start short. */
  start(): void;
  /** Stops all tasks: aborts running ones and waits for their end. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  log: Logger;
  /** Unix milliseconds. */
  now?: () => number;
  /** 0 ≤ x < 1. */
  random?: () => number;
}

/** Periodic work on node-cron. Its timers do not keep the process alive. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  return new CronScheduler(options);
}

class CronScheduler implements Scheduler {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  readonly #cronTasks: ScheduledTask[] = [];
  /** Each schedules one task; called again when the clock was set back. */
  readonly #putters: (() => void)[] = [];
  #stopWatching: (() => void) | undefined;
  /** Until `start`: the tasks to schedule then. */
  #waiting: (() => void)[] | undefined = [];
  readonly #running = new Set<Promise<void>>();

  constructor({ log, now = Date.now, random = Math.random }: SchedulerOptions) {
    this.#log = log;
    this.#now = now;
    this.#random = random;
  }

  start(): void {
    const tasks = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const task of tasks) task();
    this.#stopWatching = watchClock((jumpMs) => {
      if (jumpMs < 0) this.#startAnew();
    });
  }

  /** node-cron waits for a time of the clock, which is far away after the clock was set back. */
  #startAnew(): void {
    this.#log.info('the clock was set back: scheduled work is scheduled anew');
    for (const task of this.#cronTasks.splice(0)) void task.destroy();
    for (const put of this.#putters) put();
  }

  schedule(name: string, refresh: number | string, task: Task): void {
    if (refresh === 0 || this.#stopping.signal.aborted) return;
    if (typeof refresh === 'string') {
      this.#whenStarted(() => this.#putOnClock(name, refresh, () => true, task));
      return;
    }
    const isDue = createDueCheck(refresh, this.#now);
    // At a second of its own, so that neither the tasks of one server nor many servers ask upstream at the same moment.
    const eachMinute = () => `${Math.floor(this.#random() * 60)} * * * * *`;
    this.#whenStarted(() => this.#putOnClock(name, eachMinute(), isDue, task));
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The scheduler has stopped.'));
    this.#stopWatching?.();
    this.#waiting = [];
    for (const task of this.#cronTasks.splice(0)) await task.destroy();
    await Promise.all(this.#running);
  }

  #whenStarted(task: () => void): void {
    if (this.#waiting) this.#waiting.push(task);
    else task();
  }

  #putOnClock(name: string, expression: string, isDue: () => boolean, task: Task): void {
    let isRunning = false;
    const tick = async () => {
      if (isRunning || !isDue()) return;
      isRunning = true;
      const ended = this.#run(name, task);
      this.#running.add(ended);
      await ended;
      this.#running.delete(ended);
      isRunning = false;
    };
    const put = () => {
      this.#cronTasks.push(
        loadPackage<typeof import('node-cron')>('node-cron').schedule(expression, tick, {
          name,
          noOverlap: true,
          unref: true,
          // By default a run is skipped when the event loop is busy for a second at its time.
          missedExecutionTolerance: minuteMs / 2,
          suppressMissedWarning: true,
          logger: toCronLog(this.#log),
        }),
      );
    };
    this.#putters.push(put);
    put();
  }

  async #run(name: string, task: Task): Promise<void> {
    try {
      await task(this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      // Expected errors explain themselves in their message; for others the stack helps.
      const fields = error instanceof OpenCompatError ? { reason: error.message } : { error };
      this.#log.warn(`${name} failed; it runs again when it is next due`, fields);
    }
  }
}

/**
 * A cron step cannot express 90 or 10000 minutes, and restarts with each hour or day. So a tick each minute checks by the wall
 * clock whether the task is due: a laptop that slept through the time catches up at the next tick.
 */
function createDueCheck(minutes: number, now: () => number): () => boolean {
  let lastTickMs: number | undefined;
  return () => {
    const nowMs = now();
    const elapsedMs = lastTickMs === undefined ? Number.POSITIVE_INFINITY : nowMs - lastTickMs;
    // Half a minute of grace: ticks come some milliseconds early or late. If the clock was set back, it is due.
    const isReached = elapsedMs >= (minutes - 0.5) * minuteMs || elapsedMs < 0;
    if (isReached) lastTickMs = nowMs;
    return isReached;
  };
}

function toCronLog(log: Logger) {
  return {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.debug(message),
    error: (message: string | Error, error?: Error) => log.error('the scheduler failed', { error: error ?? message }),
    debug: () => {},
  };
}
