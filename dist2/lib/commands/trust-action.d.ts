/** @throws ConfigError for a path that is not a directory */
export declare function runTrust(directory: string | undefined, { remove }: {
    remove?: true;
}): Promise<void>;
