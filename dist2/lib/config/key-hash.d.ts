/** A key as the configuration and the file of keys have it. */
export declare function writeHash(key: string): string;
