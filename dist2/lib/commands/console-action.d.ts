import type { Command } from 'commander';
export declare function runConsole({ port, open }: {
    port?: string;
    open: boolean;
}, command: Command): Promise<void>;
