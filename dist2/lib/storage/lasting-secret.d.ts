import type { Logger } from '../log.ts';
import { Secret } from '../secret.ts';
/**
 * The secret in the file, which is made (0600) where there is none; all who share the folder have the same. Never throws: where
 * it can be neither read nor written, the log says so and the secret ends with the process.
 */
export declare function openLastingSecret(path: string, log: Pick<Logger, 'warn'>): Promise<Secret>;
