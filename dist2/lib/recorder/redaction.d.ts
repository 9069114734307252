import type { CapturedHeaders } from './capture.ts';
export interface RedactionOptions {
    /** Are pictures and files kept as they are? Default: their hash and size stand for them. */
    keepsFiles?: boolean;
}
export declare class Redactor {
    #private;
    constructor({ keepsFiles }?: RedactionOptions);
    /** Names a secret, which is then taken out wherever it stands. */
    know(value: string): void;
    /** Learns the secrets that headers hold. */
    learn(headers: CapturedHeaders): void;
    headers(headers: CapturedHeaders): CapturedHeaders;
    /** A path or URL, with its query. */
    path(path: string): string;
    text(text: string): string;
    /** A copy of a value of JSON. */
    json(value: unknown): unknown;
    /** The pieces of one text, in which a secret may stand across their borders. */
    pieces(pieces: readonly Buffer[]): Buffer[];
}
