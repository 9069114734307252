import type { ScheduledTask } from 'node-cron';
import { watchClock } from './clock-jumps.ts';
import { OpenCompatError } from './errors.ts';
import { loadPackage } from './load-package.ts';
import type { Logger } from './log.ts';

const minuteMs = 60_000;

/** Must end soon after its signal is aborted. Its errors are logged, and it runs again when it is next due. */
type Task = (signal: AbortSignal) => Promise<void>;

/** Ends a scheduled task: aborts it if it is running, and waits for its end. */
export type Unschedule = () => Promise<void>;

export interface Scheduler {
  /**
   * Runs a task repeatedly, never twice at a time.
   *
   * @param refresh minutes between the starts of two runs, the first in the next minute; or a cron expression (5 or 6
   *   fields, local time), which alone decides on the times; 0 = never
   * @throws Error when the cron expression is not valid
   */
  schedule(name: string, refresh: number | string, task: Task): Unschedule;
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

/** The tasks of one owner, which end with it. */
export class OwnTasks implements Pick<Scheduler, 'schedule'> {
  readonly #scheduler: Pick<Scheduler, 'schedule'>;
  readonly #ends: Unschedule[] = [];

  constructor(scheduler: Pick<Scheduler, 'schedule'>) {
    this.#scheduler = scheduler;
  }

  schedule(...task: Parameters<Scheduler['schedule']>): Unschedule {
    const end = this.#scheduler.schedule(...task);
    this.#ends.push(end);
    return end;
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
  }
}

class CronScheduler implements Scheduler {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #tasks = new Set<CronTask>();
  #stopWatching: (() => void) | undefined;
  #state: 'waiting' | 'started' | 'stopped' = 'waiting';

  constructor({ log, now = Date.now, random = Math.random }: SchedulerOptions) {
    this.#log = log;
    this.#now = now;
    this.#random = random;
  }

  start(): void {
    this.#state = 'started';
    for (const task of this.#tasks) task.put();
    this.#stopWatching = watchClock((jumpMs) => {
      if (jumpMs < 0) this.#startAnew();
    });
  }

  /** node-cron waits for a time of the clock, which is far away after the clock was set back. */
  #startAnew(): void {
    this.#log.info('the clock was set back: scheduled work is scheduled anew');
    for (const task of this.#tasks) task.put();
  }

  schedule(name: string, refresh: number | string, run: Task): Unschedule {
    if (refresh === 0 || this.#state === 'stopped') return async () => {};
    const task = new CronTask({ name, run, log: this.#log, ...this.#timesOf(refresh) });
    this.#tasks.add(task);
    if (this.#state === 'started') task.put();
    return async () => {
      this.#tasks.delete(task);
      await task.stop();
    };
  }

  #timesOf(refresh: number | string): Pick<CronTaskOptions, 'expression' | 'isDue'> {
    if (typeof refresh === 'string') return { expression: refresh, isDue: () => true };
    // At a second of its own, so that neither the tasks of one server nor many servers ask upstream at the same moment.
    const second = Math.floor(this.#random() * 60);
    return { expression: `${second} * * * * *`, isDue: createDueCheck(refresh, this.#now) };
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#stopWatching?.();
    await Promise.all([...this.#tasks].map((task) => task.stop()));
    this.#tasks.clear();
  }
}

interface CronTaskOptions {
  name: string;
  run: Task;
  log: Logger;
  expression: string;
  isDue(): boolean;
}

class CronTask {
  readonly #options: CronTaskOptions;
  readonly #stopping = new AbortController();
  #onClock: ScheduledTask | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CronTaskOptions) {
    this.#options = options;
  }

  /** Puts it on the clock, in the place of where it stood. */
  put(): void {
    void this.#onClock?.destroy();
    const { name, expression, log } = this.#options;
    this.#onClock = loadPackage<typeof import('node-cron')>('node-cron').schedule(expression, () => this.#tick(), {
      name,
      noOverlap: true,
      unref: true,
      // By default a run is skipped when the event loop is busy for a second at its time.
      missedExecutionTolerance: minuteMs / 2,
      suppressMissedWarning: true,
      logger: toCronLog(log),
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The scheduler has stopped.'));
    await this.#onClock?.destroy();
    await this.#running;
  }

  async #tick(): Promise<void> {
    if (this.#running || !this.#options.isDue()) return;
    this.#running = this.#run();
    await this.#running;
    this.#running = undefined;
  }

  async #run(): Promise<void> {
    const { name, run, log } = this.#options;
    try {
      await run(this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      // Expected errors explain themselves in their message; for others the stack helps.
      const fields = error instanceof OpenCompatError ? { reason: error.message } : { error };
      log.warn(`${name} failed; it runs again when it is next due`, fields);
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
