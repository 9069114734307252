import type { Logger } from '../log.ts';
import type { RedisConfig } from './redis-config.ts';
import { type Sealer } from './sealed-text.ts';
export interface RedisConnection extends Sealer {
    readonly isUp: boolean;
    /** Why it is away, in words; never a secret. */
    readonly reason: string | undefined;
    /** A key's full name. */
    key(name: string): string;
    /** @throws Error at once while Redis is away, and when it does not answer in time or refuses */
    call(command: string, ...args: (string | number)[]): Promise<unknown>;
    /** Calls back each time that Redis comes back. */
    onUp(task: () => void): void;
    /** Resolves when Redis has been reached, or the time to connect is over. */
    settled(): Promise<void>;
    close(): void;
}
export declare function openRedis(config: RedisConfig, log: Logger): Promise<RedisConnection>;
