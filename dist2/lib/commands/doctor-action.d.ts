import { type ServerCheckOptions } from './server-checks.ts';
export interface DoctorOptions extends Pick<ServerCheckOptions, 'key' | 'model'> {
    /** The server as clients reach it. Default: where the configuration says. */
    url?: string;
    json?: true;
}
/**
 * Looks for what is wrong, from the inside to the outside, and says what to do about it. Exit status 1: something is.
 * @param flags of the whole command line
 * @throws ConfigError for a `--url` that is none
 */
export declare function runDoctor({ url, json, ...options }: DoctorOptions, flags: object): Promise<void>;
