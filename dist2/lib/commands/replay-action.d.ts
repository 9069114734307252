export interface ReplayCommandOptions {
    speed?: number;
    split?: number;
    fixed?: true;
    config?: string;
}
export declare function runReplay(path: string, options: ReplayCommandOptions): Promise<void>;
