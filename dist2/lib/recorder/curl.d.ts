import { type Capture } from './capture.ts';
/** The client's request as a command for a shell, to a server on this machine. Secrets stay out. */
export declare function toCurl(capture: Capture): string;
