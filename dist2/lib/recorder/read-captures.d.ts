import { type Capture } from './capture.ts';
export interface CaptureFile {
    readonly path: string;
    readonly capture: Capture;
}
/** The files of a folder in the order of their names, or a file alone. @throws Error of the file system */
export declare function listCaptureFiles(path: string): Promise<string[]>;
/** @throws CaptureError with the path, for a file that is no capture */
export declare function readCaptureFile(path: string): Promise<CaptureFile>;
