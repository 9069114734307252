/** What plugins want to be told of an exchange: its failure, and its end. */
import type { AnswerEnd } from '../answer/answer-end.ts';
import type { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
/**
 * `rejected`: the request was at fault, here or upstream. `limited`: a limit or a quota was reached. `signed-out`: the
 * server's own sign-in. `failed`: the server itself. `stopped`: it was shutting down.
 */
export type Outcome = AnswerEnd | 'client-left' | 'failed' | 'limited' | 'rejected' | 'signed-out' | 'stopped';
/** How an exchange has ended. Tokens, model and times are the exchange's own. */
export interface ExchangeEnd {
    readonly outcome: Outcome;
    /** HTTP status; a stream begins with 200. */
    readonly status: number;
    /** What the client was told, where it failed. */
    readonly error: OpenCompatError | undefined;
}
type Task<T> = (told: T) => void | Promise<void>;
/** The tasks run in the order of their setting; one that fails is logged, and costs nothing else. */
export declare class Hooks<T> {
    #private;
    add(box: string, run: Task<T>): void;
    tell(told: T, log: Logger): void;
}
export {};
