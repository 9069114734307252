interface Owner {
    readonly uid: number;
    readonly gid: number;
}
/** The owner that a file written there by root should have; undefined: it need not be changed. */
export declare function ownerToKeep(path: string): Promise<Owner | undefined>;
/** Where the system does not let root give files away, it is said: the server may not be able to read them. */
export declare function giveTo(owner: Owner, path: string, change: (uid: number, gid: number) => Promise<void>): Promise<void>;
/** Makes a directory and those above it that are missing. @param mode permission bits of each that is made */
export declare function makeDirectories(path: string, mode: number): Promise<void>;
export {};
