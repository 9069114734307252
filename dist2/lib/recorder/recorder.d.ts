/**
 * Records exchanges and writes their captures, one file each, in the data folder. What has ended waits in memory, is cleaned of
 * secrets and written between other work, one at a time; a slow or full disk loses captures, never a request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import { type CapturedModel, type CaptureLine, type RecordReason } from './capture.ts';
import { type EndedRecording, type RecordedExchange, Recording } from './recording.ts';
export interface RecorderLimits {
    /** Of one capture. */
    readonly maxBytes: number;
    /** Most files. */
    readonly maxFiles: number;
    readonly maxDays: number;
    /** Of all captures that are being recorded or wait to be written. */
    readonly maxMemoryBytes: number;
    /** Are pictures and files kept as they are? */
    readonly keepsFiles: boolean;
}
export interface RecorderOptions extends RecorderLimits {
    readonly folder: string;
    readonly log: Logger;
}
export interface RecordOrder {
    readonly reason: RecordReason;
    /** Asked when the exchange has ended: may it be kept? */
    isKept(exchange: RecordedExchange, res: ServerResponse, hasUpstreamFailed: boolean): boolean;
    describeModel(): CapturedModel | undefined;
}
export declare class Recorder {
    #private;
    /** Captures that could not be kept. */
    lost: number;
    constructor(options: RecorderOptions);
    /** Records an exchange from here on. @returns undefined where there is no room: the disk is too slow */
    begin(req: IncomingMessage, res: ServerResponse, exchange: RecordedExchange, order: RecordOrder): Recording | undefined;
    /** Writes what waits. The connections have been closed; their exchanges hear of it in the next turns of the event loop. */
    close(): Promise<void>;
}
/** The lines of a capture, without secrets. */
export declare function clean(recording: EndedRecording, reason: RecordReason, keepsFiles: boolean): CaptureLine[];
