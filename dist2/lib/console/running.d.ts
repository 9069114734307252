import type { RouteServices } from '../server/route.ts';
/** A request of an API that runs. */
export interface RunningEntry {
    readonly id: string;
    /** The client key's name, else the address. */
    readonly client: string;
    readonly api: string;
    /** Absent until they are known. */
    readonly model?: string;
    readonly provider?: string;
    /** ISO 8601. */
    readonly startedAt: string;
    readonly isStreaming: boolean;
}
/** The requests that run and whose clients have been let in. */
export declare function listRunning(running: RouteServices['running']): RunningEntry[];
