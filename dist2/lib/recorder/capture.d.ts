export declare const captureVersion = 1;
export declare const captureExtension = ".capture.jsonl";
/** Bytes as they came: as text where they are UTF-8. */
export interface CapturedBytes {
    readonly text?: string;
    readonly base64?: string;
}
export type CapturedHeaders = Readonly<Record<string, string | readonly string[]>>;
export interface CapturedError {
    readonly code?: string;
    readonly status?: number;
    readonly message: string;
    /** The causes of it, the nearest first. */
    readonly causes?: readonly string[];
}
/** The stages of an exchange, in the order in which it takes them. `explain` uses the same names. */
export declare const stages: readonly ['client.request', 'model', 'canonical', 'upstream.request', 'upstream.head', 'upstream.bytes', 'upstream.end', 'event', 'client.head', 'client.bytes', 'end'];
/** Every line has `ms`, milliseconds since the request came. `n` counts the upstream requests of the exchange, from 0. */
export type CaptureLine = {
    at: 'capture';
    version: number;
    program: string;
    id: string;
    startedAt: string;
    reason: RecordReason;
} | ({
    at: 'client.request';
    ms: number;
    method: string;
    path: string;
    headers: CapturedHeaders;
} & CapturedBytes) | ({
    at: 'model';
    ms: number;
} & CapturedModel) | {
    at: 'canonical';
    ms: number;
    request: unknown;
} | ({
    at: 'upstream.request';
    n: number;
    ms: number;
    method: string;
    url: string;
    headers: CapturedHeaders;
    /** The API that its answer comes in; absent: the default, Responses, or none (vectors). */
    api?: string;
    isPassThrough: boolean;
} & CapturedBytes) | {
    at: 'upstream.head';
    n: number;
    ms: number;
    status: number;
    headers: CapturedHeaders;
} | ({
    at: 'upstream.bytes';
    n: number;
    ms: number;
} & CapturedBytes) | {
    at: 'upstream.end';
    n: number;
    ms: number;
    how: 'end' | 'closed' | 'failed';
    error?: CapturedError;
} | {
    at: 'event';
    ms: number;
    choice: number;
    transform: number;
    box: string;
    before: unknown;
    after: readonly unknown[];
} | {
    at: 'client.head';
    ms: number;
    status: number;
    headers: CapturedHeaders;
} | ({
    at: 'client.bytes';
    ms: number;
} & CapturedBytes) | {
    at: 'end';
    ms: number;
    status: number;
    client?: string;
    isAborted: boolean;
    ignored: readonly string[];
    error?: CapturedError;
    /** Bytes that were left out because the capture had reached its limit. */
    leftOutBytes?: number;
};
export type LineOf<Stage extends CaptureLine['at']> = Extract<CaptureLine, {
    at: Stage;
}>;
/** Why it was recorded: everything is, it failed, or the request asked for it. */
export type RecordReason = 'all' | 'errors' | 'asked';
export interface CapturedModel {
    /** As the client named it. */
    readonly asked: string;
    readonly model: string;
    readonly provider: string;
    readonly providerTitle: string;
    /** Name of the built-in provider that it is; absent: a plugin. */
    readonly providerType?: string;
    /** `fallback`: a stand-in of its alias, after the one before had failed. */
    readonly why: 'name' | 'alias' | 'suffix' | 'stand-in' | 'fallback';
}
/** A capture that has been read. */
export declare class Capture {
    readonly lines: readonly CaptureLine[];
    constructor(lines: readonly CaptureLine[]);
    get id(): string;
    first<Stage extends CaptureLine['at']>(stage: Stage): LineOf<Stage> | undefined;
    all<Stage extends CaptureLine['at']>(stage: Stage): LineOf<Stage>[];
    /** What the client got, in one piece. */
    get clientBytes(): Buffer;
    /** The upstream's answers, in the order of their requests. */
    get upstreamAnswers(): UpstreamRecord[];
}
/** One upstream request with its answer, as far as there was one. */
export interface UpstreamRecord {
    readonly request: LineOf<'upstream.request'>;
    readonly head: LineOf<'upstream.head'> | undefined;
    readonly reads: readonly LineOf<'upstream.bytes'>[];
    readonly end: LineOf<'upstream.end'> | undefined;
}
export declare function bytesOf({ text, base64 }: CapturedBytes): Buffer;
export declare function toCapturedBytes(bytes: Buffer): CapturedBytes;
export declare function writeCapture(lines: readonly CaptureLine[]): string;
/** A file that is no capture. */
export declare class CaptureError extends Error {
    readonly name = "CaptureError";
}
/** @throws CaptureError */
export declare function parseCapture(text: string): Capture;
