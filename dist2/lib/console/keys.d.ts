/** The client keys, as the console shows and changes them. */
import type { Services } from '../chain/middleware.ts';
import type { Config } from '../config/schema.ts';
/** All keys, without their hashes. */
export declare function listKeys({ config, redis }: Pick<Services, 'config' | 'redis'>): Promise<object[]>;
/** @returns its text, this once @throws OpenCompatError */
export declare function addKey(config: Config, body: Readonly<Record<string, unknown>>): Promise<object>;
/** @throws OpenCompatError */
export declare function editKey(config: Config, name: string, body: Readonly<Record<string, unknown>>): Promise<object>;
/** @throws OpenCompatError */
export declare function removeKey(config: Config, name: string): Promise<void>;
