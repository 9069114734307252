import type { Logger } from '../log.ts';
import { type CredentialDocument, type CredentialProvider, type StoredCredential } from './credential-file.ts';
/** The store's file in the data directory. */
export declare const credentialFileName = "auth.json";
export interface CredentialStore {
    readonly path: string;
    /** The provider's sign-in as the file has it now. @throws CredentialFileError */
    read(provider: CredentialProvider): Promise<StoredCredential | undefined>;
    /**
     * Changes one provider's entry under a lock that holds across processes. `change` gets the entry as it is under the
     * lock and gives the next one: the same object changes nothing, undefined signs out.
     *
     * `change` may have run when it throws: what it has got must then be kept in memory.
     *
     * @throws CredentialFileError when the file cannot be read or written, and the errors of `change`
     */
    update(provider: CredentialProvider, change: (current: StoredCredential | undefined) => Promise<StoredCredential | undefined>): Promise<void>;
    /** Does the provider have an entry: a sign-in, or a sign-out (`null`)? @throws CredentialFileError */
    hasEntry(provider: CredentialProvider): Promise<boolean>;
    /** The hash of the last sign-in in the seed file (credential-seed.ts). */
    readSeedHash(provider: CredentialProvider): Promise<string | undefined>;
    /** @throws CredentialFileError */
    writeSeedHash(provider: CredentialProvider, hash: string): Promise<void>;
    /** Checks that the store is writable, before a person signs in. @throws CredentialFileError when nothing can be written */
    checkWritable(): Promise<void>;
    /** A text that differs when the provider's sign-in may have changed. Costs a `stat` for each file. Never throws. */
    stamp(provider: CredentialProvider): Promise<string>;
}
type Change = Parameters<CredentialStore['update']>[1];
export interface FileCredentialStoreOptions {
    /** Of `auth.json`; the 1.x files `chatgpt.json` and `copilot.json` are looked for beside it. */
    path: string;
    log: Logger;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare class FileCredentialStore implements CredentialStore {
    #private;
    readonly path: string;
    constructor({ path, log, now }: FileCredentialStoreOptions);
    read(provider: CredentialProvider): Promise<StoredCredential | undefined>;
    update(provider: CredentialProvider, change: Change): Promise<void>;
    hasEntry(provider: CredentialProvider): Promise<boolean>;
    readSeedHash(provider: CredentialProvider): Promise<string | undefined>;
    writeSeedHash(provider: CredentialProvider, hash: string): Promise<void>;
    checkWritable(): Promise<void>;
    stamp(provider: CredentialProvider): Promise<string>;
}
/** A credential file in any known form; undefined when there is none. @throws CredentialFileError */
export declare function loadDocument(path: string): Promise<CredentialDocument | undefined>;
export {};
