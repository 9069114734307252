/** The configuration is the server's to read: here another one may count, or none yet. */
export declare function runReload({ port }: {
    port?: string;
}): Promise<void>;
