export interface ServerAnswer {
    status: number;
    body: string;
}
/**
 * `node:http` rather than `fetch`, which costs a check that runs every few seconds twice the time.
 * @throws the network's error; an AbortError after `limitMs`
 */
export declare function askServer(url: string, { limitMs, method, headers, body, }: {
    limitMs: number;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
}): Promise<ServerAnswer>;
/** Why it gave no answer, in words. */
export declare function describeSilence(error: Error & {
    code?: string;
}, limitMs: number): string;
