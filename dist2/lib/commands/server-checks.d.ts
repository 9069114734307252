import type { NamedCheck } from './findings.ts';
export interface ServerCheckOptions {
    /** Without a path. */
    base: string;
    /** Separated by commas or line breaks, as the server takes them; the first is used. */
    key?: string;
    /** Default: the demo if it is served, else the first of the list. */
    model?: string;
    /** Is the demo enough? */
    demo?: true;
    /** Seconds within which the server may begin to answer. Default 0. */
    wait?: number;
}
/** An address may be given as `localhost:8080`, and with the path that clients have. */
export declare function toBase(url: string): string;
/** @param keys one key, or several as the server takes them */
export declare function firstKey(keys: string | undefined): string | undefined;
/** The ids of the models that a server lists. @param base without a path */
export declare function findModels(base: string, key: string | undefined): Promise<string[]>;
/** In the order in which they make sense: where one throws, those behind it could only repeat it. */
export declare function serverChecks({ base, key, model, demo, wait }: ServerCheckOptions): NamedCheck[];
/** May a page of the server's own address use it? Behind a reverse proxy it must know that it is reached by https. */
export declare function browserCheck(base: string, key?: string): NamedCheck;
/** What a check of a server has thrown, in words. @param base the server's address */
export declare function describeServerFailure(error: unknown, base: string): string;
