import type { Config } from '../config/schema.ts';
import type { KeyFile } from './key-file.ts';
import { type KeyLimit } from './windows.ts';
export declare function hashClientKey(key: string): Buffer;
/** A key of 256 random bits; the prefix tells a reader (and a scanner for lost secrets) whose it is. */
export declare function createKeyText(): string;
export interface ClientKey {
    /** Its hash, which owns the key's data, so that another key with the same name gets nothing of it. */
    readonly id: string;
    /** For people: as configured, or the place in `apiKeys`. */
    readonly name: string;
    readonly limits: readonly KeyLimit[];
    /** Patterns of the models that it may name; undefined: all. */
    readonly models: readonly string[] | undefined;
    /** As it is written, and the Unix milliseconds from which on it is no longer good. */
    readonly expires: {
        readonly text: string;
        readonly atMs: number;
    } | undefined;
    /** May it have its requests recorded? */
    readonly mayRecord: boolean;
    readonly isDisabled: boolean;
}
export interface ClientKeys {
    /** Does every request need one? */
    areNeeded(): boolean;
    /** Undefined for an unknown one. */
    find(presented: string): ClientKey | undefined;
    findByName(name: string): ClientKey | undefined;
}
/**
 * Keys of the configuration, and those of the file, which are looked at again when it has changed. Keys are long and random, so a
 * plain SHA-256 keeps them safe at rest. Every key is compared with every attempt, in constant time, so that the time reveals
 * nothing about the keys.
 */
export declare function openClientKeys({ apiKeys, clientKeys }: Pick<Config, 'apiKeys' | 'clientKeys'>, file: KeyFile): ClientKeys;
/** @throws OpenCompatError for a key that is good no longer; whoever has it may know why */
export declare function checkKeyIsGood({ name, expires, isDisabled }: ClientKey, nowMs: number): void;
