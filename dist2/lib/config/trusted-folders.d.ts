/** The path without symbolic links: a link that is turned elsewhere leads to another folder. */
export declare function realFolder(folder: string): string;
/** @param dataDir the person's own data directory */
export declare function isTrustedFolder(dataDir: string, folder: string): boolean;
/** Remembers the answer until it is changed. @throws the file system's error */
export declare function setFolderTrust(dataDir: string, folder: string, isTrusted: boolean): Promise<void>;
