/** What servers of the OpenAI API refuse in the body of `POST /v1/chat/completions`, and in which words. */
export interface Refusal {
    status: number;
    body: {
        error: {
            message: string;
            type: string;
            param: string | null;
            code: string | null;
        };
    };
}
export interface Dialect {
    models: readonly string[];
    /** Parameters, and keys of messages, that the server takes besides OpenAI's own. */
    takes: ReadonlySet<string>;
}
export declare function findRefusal(value: unknown, dialect: Dialect): Refusal | undefined;
