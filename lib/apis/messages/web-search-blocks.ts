/** A search of the web by the upstream, as Anthropic shows its own. */
import { asObject } from '../../lenient-json.ts';
import type { Citation, WebSearchResult } from './blocks.ts';

/** Longest text that a citation repeats, in characters, as with Anthropic. */
const maxCitedCharacters = 150;

/** @param text the block that the citation belongs to @returns undefined for a citation without a URL */
export function toCitation(annotation: unknown, text: string): Citation | undefined {
  const { type, url, title, start_index, end_index } = (annotation ?? {}) as Record<string, unknown>;
  if (type !== 'url_citation' || typeof url !== 'string') return undefined;
  const isPlaced = typeof start_index === 'number' && typeof end_index === 'number';
  return {
    type: 'web_search_result_location',
    url,
    title: typeof title === 'string' ? title : '',
    cited_text: isPlaced ? text.slice(start_index, end_index).slice(0, maxCitedCharacters) : '',
    encrypted_index: '',
  };
}

export function toResults(sources: unknown): WebSearchResult[] {
  const results: WebSearchResult[] = [];
  for (const source of Array.isArray(sources) ? sources : []) {
    const { url, title } = asObject(source) ?? {};
    if (typeof url !== 'string') continue;
    const shown = typeof title === 'string' && title !== '' ? title : url;
    results.push({ type: 'web_search_result', url, title: shown, encrypted_content: '', page_age: null });
  }
  return results;
}
