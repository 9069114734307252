/**
 * The ids of files and batches that lie on providers' servers, as clients have them: sealed, with the provider's name, for the
 * owner alone. So any server with the same key knows what an id stands for, and an id is of no use to anyone else.
 */
import type { ObjectKind } from '../apis/forwarded/object-ids.ts';
import type { Logger } from '../log.ts';
import type { PluginStates } from '../storage/plugin-state.ts';
import type { Sealer } from '../storage/sealed-text.ts';
/** An object by the id that its own server has for it. */
export interface UpstreamObject {
    readonly provider: string;
    readonly id: string;
}
export declare class OwnedObjects {
    #private;
    /**
     * @param sealer a repeatable one, as clients compare ids
     * @param notes where it is noted who has what: lists of a server do not tell
     */
    constructor(sealer: Sealer, notes: PluginStates, log: Pick<Logger, 'warn'>);
    /** @param owner see `ownerOf` */
    seal(owner: string, kind: ObjectKind, object: UpstreamObject): string;
    /** @returns undefined for what is no id of this owner */
    open(owner: string, kind: ObjectKind, id: string): UpstreamObject | undefined;
    /** Notes that the object is the owner's. Never rejects: at worst it is missing in lists. */
    note(owner: string, kind: ObjectKind, object: UpstreamObject): Promise<void>;
    /** @throws Error while Redis is away */
    isNoted(owner: string, kind: ObjectKind, object: UpstreamObject): Promise<boolean>;
    /** Writes what waits. */
    close(): Promise<void>;
}
