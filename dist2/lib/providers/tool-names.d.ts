import type { CanonicalEvent, CanonicalRequest } from '../canonical/types.ts';
/** A name that is never mapped back: no answer shows it. */
export declare function toAcceptedName(name: string): string;
/** Ids only have to be short enough, and the same wherever they occur. */
export declare function toAcceptedId(id: string): string;
/** The tool names of one request, in the client's spelling and in the backend's. Injective. */
export interface ToolNames {
    toBackend(name: string): string;
    /** Puts the client's names back into an event; undefined when all names went through unchanged. */
    readonly restoreEvent?: (event: CanonicalEvent) => CanonicalEvent;
}
export declare function mapToolNames(names: ReadonlySet<string>): ToolNames;
/** All tools that a request names: those that it offers, and those that were called earlier. */
export declare function collectToolNames({ tools, input }: CanonicalRequest): Set<string>;
/** The request with the backend's spelling of all tool names; the same one when they all go through unchanged. */
export declare function renameTools(request: CanonicalRequest, names: ToolNames): CanonicalRequest;
type Restore = ToolNames['restoreEvent'];
/** One after the other. Calls are told by the names that the backend has, so those are put back last. */
export declare function inTurn(first: Restore, second: Restore): Restore;
export {};
