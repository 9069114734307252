export interface ExplainOptions {
    api: string;
    key?: string;
    port?: string;
    json?: true;
}
export declare function runExplain({ api, key, port, json }: ExplainOptions): Promise<void>;
