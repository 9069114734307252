import type { Command } from 'commander';
export interface AddOptions {
    requests?: readonly string[];
    tokens?: readonly string[];
    cost?: readonly string[];
    models?: string;
    expires?: string;
}
export declare function addKey(program: Command, name: string, options: AddOptions, command: Command): Promise<void>;
export declare function listKeys(program: Command, { json }: {
    json?: true;
}, command: Command): void;
export declare function revokeKey(program: Command, name: string, command: Command): Promise<void>;
