import type { Config } from '../config/schema.ts';
import type { Admin } from './sessions.ts';
/** @returns who has the key. Every key is compared with every attempt, in constant time. */
export declare function findAdmin(adminKeys: Config['adminKeys'], presented: string): Admin | undefined;
/** Has the key been taken out of the configuration? One who came by a link has none. */
export declare function isStillGood(adminKeys: Config['adminKeys'], { keyId }: Admin): boolean;
