export interface RecordOptions {
    readonly for: string;
    readonly errors?: true;
    readonly key?: string;
    readonly stop?: true;
    readonly port?: string;
}
export declare function runRecord(options: RecordOptions): Promise<void>;
