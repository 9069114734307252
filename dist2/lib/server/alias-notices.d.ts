import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import type { Scheduler, Unschedule } from '../scheduler.ts';
interface NoticeOptions {
    config: Pick<Config, 'aliases'>;
    log: Logger;
    providers: readonly Provider[];
    scheduler: Pick<Scheduler, 'schedule'>;
    /** What has been said already. */
    told: Set<string>;
}
/**
 * Says in the log which aliases lead nowhere, or stand in front of a model of the same name; each thing once.
 * @returns the function that ends it
 */
export declare function watchAliases({ config, log, providers, scheduler, told }: NoticeOptions): Unschedule;
export {};
