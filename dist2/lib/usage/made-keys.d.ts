import type { Config } from '../config/schema.ts';
import { type MadeKey } from './key-file.ts';
/** What a key may be given. */
export type KeyRights = Pick<MadeKey, 'limits' | 'models' | 'expires' | 'disabled'>;
/** Why a key cannot be made or changed, in words. */
export declare class KeyError extends Error {
    readonly name = "KeyError";
    readonly kind: 'invalid' | 'taken' | 'unknown' | 'configured';
    constructor(kind: KeyError['kind'], message: string);
}
type KeysConfig = Pick<Config, 'apiKeys' | 'clientKeys' | 'dataDir'>;
/** Names of the keys in the configuration. */
export declare function configuredNames({ apiKeys, clientKeys }: Pick<Config, 'apiKeys' | 'clientKeys'>): string[];
/** @returns the key's text, which is kept nowhere @throws KeyError, or Error in words for a file that cannot be used */
export declare function makeKey(config: KeysConfig, name: string, rights: KeyRights): Promise<{
    text: string;
    made: MadeKey;
}>;
/** @param rights what is to change; undefined takes it away @throws KeyError */
export declare function changeKey(config: KeysConfig, name: string, rights: KeyRights): Promise<MadeKey>;
/** Is there a client key of this name? */
export declare function isKeyName(config: KeysConfig, name: string): boolean;
/** @returns how many are left in the file @throws KeyError */
export declare function revokeKey(config: KeysConfig, name: string): Promise<number>;
export {};
