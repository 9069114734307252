import { type ServerCheckOptions } from './server-checks.ts';
export interface CheckOptions extends Omit<ServerCheckOptions, 'base'> {
    /** Default: where the configuration says. */
    url?: string;
}
/**
 * Runs the checks of a server in turn, and prints their results. The first that cannot go on ends it with status 1; of a provider
 * that cannot answer it is told, and the others are checked all the same.
 * @param flags of the whole command line
 * @throws ConfigError
 */
export declare function runCheck({ url, ...options }: CheckOptions, flags: object): Promise<void>;
