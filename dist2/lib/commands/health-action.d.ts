/** Prints the server's answer, or that somebody else gave it, or why it is missing; the exit status is for container engines. @throws ConfigError */
export declare function runHealth({ ready, ...flags }: Record<string, unknown>): Promise<void>;
