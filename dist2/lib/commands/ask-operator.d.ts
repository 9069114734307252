import { type ServerAnswer } from './ask-server.ts';
/** Asks the running server what only its operator may. @param body JSON @returns its answer, or why there is none, in words */
export declare function askOperator(port: string | undefined, { path, body, ...options }: {
    path: string;
    method: 'POST' | 'DELETE';
    body?: string;
    limitMs: number;
}): Promise<ServerAnswer | string>;
