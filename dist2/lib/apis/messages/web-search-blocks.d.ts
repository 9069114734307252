import type { Citation, WebSearchResult } from './blocks.ts';
/** @param text the block that the citation belongs to @returns undefined for a citation without a URL */
export declare function toCitation(annotation: unknown, text: string): Citation | undefined;
export declare function toResults(sources: unknown): WebSearchResult[];
