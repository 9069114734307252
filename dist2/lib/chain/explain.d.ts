import { type DiffLine } from '../line-diff.ts';
import type { Exchange, Services } from './middleware.ts';
/** What boxes change. */
declare const parts: readonly ['body', 'request', 'model', 'upstream'];
type Part = (typeof parts)[number];
export interface ExplainedBox {
    readonly box: string;
    /** Without the lines that stayed the same. */
    readonly changes: readonly {
        readonly part: Part;
        readonly lines: readonly DiffLine[];
    }[];
    /** Parameters that were dropped here. */
    readonly ignored: readonly string[];
    /** How many transforms of the answer it has added. */
    readonly transforms: number;
    readonly error?: {
        readonly code: string;
        readonly message: string;
    };
}
export interface ExplainedModel {
    readonly name: string;
    readonly isChosen: boolean;
    /** Why it would not be asked first. */
    readonly reason?: string;
}
export interface ExplainedKey {
    readonly name: string;
    /** Patterns of the models that it may name. Absent: all. */
    readonly models?: readonly string[];
    /** Why a request would be refused now: it has ended, or a limit is reached. */
    readonly refusal?: string;
    /** `limit` and `remaining` are requests, tokens, or USD. */
    readonly limits: readonly {
        readonly measure: string;
        readonly window: string;
        readonly limit: number;
        readonly remaining: number;
        readonly resetsAt: string;
    }[];
}
export interface Explanation {
    readonly api: string;
    readonly boxes: readonly ExplainedBox[];
    readonly askedModel?: string;
    readonly models: readonly ExplainedModel[];
    readonly ignored: readonly string[];
    /** Parameters that the upstream does not take, and this server honours itself. */
    readonly emulated: readonly string[];
    /** Of the client key as which it is explained. */
    readonly key?: ExplainedKey;
    /** An estimate. */
    readonly inputTokens?: number;
    /** As it would be sent; the provider's credentials are put in only then. */
    readonly upstream?: object;
}
export type ExplainServices = Pick<Services, 'config' | 'providers' | 'availability' | 'keyCharging'>;
export declare class Explainer {
    #private;
    constructor(exchange: Exchange);
    /** Notes what a box has changed. */
    note(box: string, error?: unknown): void;
    explain(services: ExplainServices): Promise<Explanation>;
}
/** Of an exchange that is explained. */
export declare function explainerOf(exchange: Exchange): Explainer;
export {};
