import type { CanonicalInputItem } from '../canonical/types.ts';
import { type ToolNames } from './tool-names.ts';
/** Any item or content part, seen as what came over the wire. */
export type Loose = {
    type?: string;
    [key: string]: unknown;
};
export declare function isMessage(item: Loose): boolean;
/** Is it a message with instructions rather than one of the conversation? */
export declare function isInstruction(item: Loose): boolean;
/** Is it reasoning that a server of another API gave and only that may be given back? */
export declare function isKeptForOthers({ encrypted_content: encrypted }: Loose): boolean;
/** The keys of `from` that are named and not null, in that order. */
export declare function pick(from: Loose, keys: readonly string[]): Loose;
/**
 * One item, or undefined where it must be left out. `title`: the provider's, for messages.
 * @throws OpenCompatError for references to stored items, and for content that the backend refuses
 */
export declare function toBackendItem(source: CanonicalInputItem, index: number, names: ToolNames, title: string): Loose | undefined;
/** The format of a text, with a name that is accepted; undefined for plain text. */
export declare function toBackendFormat(format: Loose | undefined): Loose | undefined;
