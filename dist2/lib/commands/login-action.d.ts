import type { Command } from 'commander';
export declare function runLogin(program: Command, named: string | undefined, options: {
    device?: true;
    import?: string | true;
}): Promise<void>;
