import type { Logger } from './log.ts';
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
export declare function createScheduler(options: SchedulerOptions): Scheduler;
/** The tasks of one owner, which end with it. */
export declare class OwnTasks implements Pick<Scheduler, 'schedule'> {
    #private;
    constructor(scheduler: Pick<Scheduler, 'schedule'>);
    schedule(...task: Parameters<Scheduler['schedule']>): Unschedule;
    end(): Promise<void>;
}
export {};
