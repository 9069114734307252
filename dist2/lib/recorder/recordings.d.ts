/** Decides which exchanges are recorded. Loads the recorder when the first one is. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import type { CapturedModel } from './capture.ts';
import type { RecorderLimits } from './recorder.ts';
import type { RecordedExchange, Recording } from './recording.ts';
export declare const recordHeader = "x-opencompat-record";
/** `errors`: those that fail. */
export type RecordMode = 'off' | 'errors' | 'all';
/** What the operator wants for some time, besides the configuration. */
export interface RecordWish {
    readonly mode: Exclude<RecordMode, 'off'>;
    /** Unix milliseconds. */
    readonly untilMs: number;
    /** Name of the client key that is recorded; undefined: all. */
    readonly key: string | undefined;
}
/** Longest time for which the operator can have requests recorded, in seconds. */
export declare const maxRecordS = 86400;
/** As a request of the operator has it. */
export interface AskedWish {
    /** Default: `all`. */
    readonly mode?: unknown;
    /** A number, or its text. */
    readonly seconds?: unknown;
    readonly key?: unknown;
}
/** @param isKey is there a client key of this name? @throws OpenCompatError */
export declare function readWish({ mode, seconds, key }: AskedWish, isKey: (name: string) => boolean): RecordWish;
/** What is recorded, and until when. */
export interface RecordState {
    readonly mode: RecordMode;
    /** Unix milliseconds; absent: it is what the configuration says. */
    readonly untilMs?: number;
    readonly key?: string;
}
export interface RecordableExchange extends RecordedExchange {
    readonly clientKey?: {
        readonly name: string;
        readonly mayRecord?: boolean;
    };
    recording?: Recording;
}
export interface RecordingsOptions extends RecorderLimits {
    readonly dataDir: string;
    readonly log: Logger;
}
export declare function capturesFolderOf(dataDir: string): string;
export declare class Recordings {
    #private;
    constructor(options: RecordingsOptions);
    /** What the operator has asked for, while it holds. */
    get wish(): RecordWish | undefined;
    /** Records for some time what the operator wants, in the place of what was wanted before. @param by who, for the log */
    start(wish: RecordWish, by: string): void;
    /** @returns was there anything to end? */
    stop(by: string): boolean;
    /** @param mode of the configuration */
    stateOf(mode: RecordMode): RecordState;
    /** Is an exchange to be recorded, at least until it is known who asks? @param mode of the configuration */
    isWanted(req: IncomingMessage, mode: RecordMode): boolean;
    /** Records an exchange; resolves when its taps are in place. */
    begin(req: IncomingMessage, res: ServerResponse, exchange: RecordableExchange, { mode, describeModel }: {
        mode: RecordMode;
        describeModel(): CapturedModel | undefined;
    }): Promise<void>;
    close(): Promise<void>;
}
