import type { Config } from '../config/schema.ts';
import { type DiffLine } from '../line-diff.ts';
import type { ReloadReport } from '../server/config-state.ts';
export type WrittenAliases = Readonly<Record<string, string | readonly string[]>>;
export declare function showAliases(config: Config): Promise<object>;
/** @param wanted as a client has sent it @throws OpenCompatError for what are no aliases */
export declare function readAliases(wanted: unknown): WrittenAliases;
/** What saving would change, of the part of the file that holds aliases, and what is wrong with them. */
export declare function previewAliases({ file }: Config, aliases: WrittenAliases): Promise<{
    diff: readonly DiffLine[];
    faults: readonly object[];
}>;
/**
 * Writes them, and has the server take them up; if it refuses the file, the one before is put back.
 * @throws OpenCompatError for faulty ones, and for a file that cannot be written
 */
export declare function saveAliases(config: Config, aliases: WrittenAliases, reload: () => Promise<ReloadReport>): Promise<ReloadReport>;
