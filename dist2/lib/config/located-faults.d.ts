/** Faults and the lines of the configuration file that they are in. */
import { type Fault } from '../options/faults.ts';
import type { FileEntry } from './file.ts';
/** What the file says at each path. */
export interface FileEntries {
    readonly fileEntries: ReadonlyMap<string, FileEntry>;
}
/** The nearest entry of the file at or above a path. */
export declare function entryAt(entries: ReadonlyMap<string, FileEntry>, path: string): FileEntry | undefined;
/** Adds the file's lines to faults that were found without it, as those of the chain are. */
export declare function locateFaults({ fileEntries }: FileEntries, faults: readonly Fault[]): Fault[];
/** Runs a check that finds further faults (those of the chain), and adds the file's lines to them. */
export declare function withLocatedFaults<T>(entries: FileEntries, work: () => Promise<T>): Promise<T>;
/** The file's faults from top to bottom, then the others. */
export declare function inFileOrder(faults: readonly Fault[]): Fault[];
