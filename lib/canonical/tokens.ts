/** Token counts of our own, for answers that are cut here and so end without the upstream's. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadPackage } from '../load-package.ts';
import type { CanonicalInputItem, CanonicalRequest } from './types.ts';

interface Tokenizer {
  encode(text: string, options: object): number[];
  decode(tokens: number[]): string;
  setMergeCacheSize(size: number): void;
}

let loaded: Tokenizer | undefined;

/**
 * o200k_base, the encoding of OpenAI's models since GPT-4o. Loaded when the first text has to be counted (200 ms and
 * 70 MB), which most servers never see; `require`, because event transforms are synchronous.
 */
function tokenizer(): Tokenizer {
  if (!loaded) {
    loaded = loadPackage<Tokenizer>('gpt-tokenizer/encoding/o200k_base');
    // Its cache keeps words as slices, each of which holds the whole text it was cut from; it saves next to no time.
    loaded.setMergeCacheSize(0);
  }
  return loaded;
}

/** Text that happens to spell a control token counts as text. */
const asPlainText = { disallowedSpecial: new Set<string>() };

/** The encoder's time grows with the square of an unbroken run of letters: 7 s for 100 KB. */
const maxPieceCharacters = 256;

/**
 * How much of the text can be encoded by itself and give the tokens it has in the whole: up to the last letter before a
 * character that is not a letter, or the last digit before a space. (o200k_base splits text into words before it merges; a word
 * may take in a character before it, but behind it only letters, marks and an apostrophe.) 0 without such a place.
 */
export function findTokenBoundary(text: string): number {
  return /^[\s\S]*(?:\p{L}(?=[^\p{L}\p{M}'’])|\p{N}(?=\s))/u.exec(text)?.[0].length ?? 0;
}

function* split(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > maxPieceCharacters) {
    const piece = text.slice(start, start + maxPieceCharacters);
    const end = start + (findTokenBoundary(piece) || piece.length);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/** Exact, except for unbroken runs of more than 256 characters: one token too many at most for each 256. */
export function countTokens(text: string): number {
  let count = 0;
  for (const piece of split(text)) count += tokenizer().encode(piece, asPlainText).length;
  return count;
}

/** The start of the text that fits into `maxTokens` tokens, in whole characters. */
export function takeTokens(text: string, maxTokens: number): string {
  let taken = '';
  let left = maxTokens;
  for (const piece of split(text)) {
    const tokens = tokenizer().encode(piece, asPlainText);
    if (tokens.length > left) {
      // The last token may end inside a character, which decodes to U+FFFD.
      let start = tokenizer().decode(tokens.slice(0, left));
      while (!piece.startsWith(start)) start = start.slice(0, -1);
      return taken + start;
    }
    taken += piece;
    left -= tokens.length;
  }
  return taken;
}

/** The text of tokens; undefined when a number is not a token. */
export function decodeTokens(tokens: number[]): string | undefined {
  try {
    return tokenizer().decode(tokens);
  } catch {
    return undefined;
  }
}

/** The part of a prompt that is counted; the rest is estimated from it. */
const maxCountedCharacters = 262_144;
/** Counted in one go: 30 ms for rare letters, each of which is several tokens (measured 2026-11). */
const maxCharactersAtOnce = 8192;
/** Tokens around each message: role and separators (OpenAI's cookbook on counting tokens). */
const tokensPerItem = 4;

/** A picture of ordinary size, as OpenAI and Anthropic count them (85 to 1600). */
const tokensPerImage = 1_000;
/** A page of a PDF, which models see as text and as a picture; and the average size of a page. */
const tokensPerPage = 2_000;
const bytesPerPage = 50_000;

/**
 * Counts a request's input tokens: those of its texts, tools and schemas; pictures and files by rule of thumb. Other requests
 * get their turn between pieces of the text.
 */
export async function countInputTokens(request: CanonicalRequest): Promise<number> {
  const whole = joinTexts(request);
  const length = Math.min(whole.length, maxCountedCharacters);
  let counted = 0;
  for (let start = 0; start < length; ) {
    if (start > 0) await nextTurn();
    const piece = whole.slice(start, Math.min(start + maxCharactersAtOnce, length));
    const end = start + piece.length < length ? findTokenBoundary(piece) || piece.length : piece.length;
    counted += countTokens(piece.slice(0, end));
    start += end;
  }
  return addUncounted(request, counted, whole.length / Math.max(1, length));
}

/** Estimates the same at once, from the start of the text. */
export function estimateInputTokens(request: CanonicalRequest): number {
  const whole = joinTexts(request);
  const start = whole.slice(0, maxCharactersAtOnce);
  return addUncounted(request, countTokens(start), whole.length / Math.max(1, start.length));
}

function joinTexts({ input, instructions, tools, text }: CanonicalRequest): string {
  const texts = input.map(textOf);
  if (instructions) texts.push(instructions);
  if (tools?.length) texts.push(JSON.stringify(tools));
  if (text?.format) texts.push(JSON.stringify(text.format));
  return texts.join('\n');
}

/** @param scale how much longer the whole is than what was counted */
function addUncounted({ input, instructions, tools, text }: CanonicalRequest, counted: number, scale: number): number {
  const others = [instructions, tools?.length, text?.format].filter(Boolean).length;
  const media = input.reduce((sum, item) => sum + countMedia(item), 0);
  return Math.round(counted * scale) + (input.length + others) * tokensPerItem + media;
}

/** Bytes of a token, on average: of English prose 4.5, of code and JSON 3 to 4. */
const bytesPerToken = 4;

/** Of text of so many bytes. */
export function roughTokens(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

/** As `estimateInputTokens` without a tokenizer, for what has to cost next to nothing. */
export function roughInputTokens({ input, instructions, tools, text }: CanonicalRequest): number {
  const texts = [
    instructions ?? '',
    tools?.length ? JSON.stringify(tools) : '',
    text?.format ? JSON.stringify(text.format) : '',
  ];
  let bytes = 0;
  for (const each of texts) bytes += Buffer.byteLength(each);
  let media = 0;
  for (const item of input) {
    bytes += Buffer.byteLength(textOf(item));
    media += countMedia(item);
  }
  return roughTokens(bytes) + (input.length + 1) * tokensPerItem + media;
}

function countMedia(item: CanonicalInputItem): number {
  const { content, output } = item as unknown as Record<string, unknown>;
  let tokens = 0;
  for (const parts of [content, output]) {
    if (!Array.isArray(parts)) continue;
    for (const { type, file_data } of parts as { type?: string; file_data?: unknown }[]) {
      if (type === 'input_image') tokens += tokensPerImage;
      if (type !== 'input_file') continue;
      const bytes = typeof file_data === 'string' ? (file_data.length * 3) / 4 : 0;
      tokens += tokensPerPage * Math.max(1, Math.ceil(bytes / bytesPerPage));
    }
  }
  return tokens;
}

function textOf(item: CanonicalInputItem): string {
  const { content, output, name, arguments: args, input } = item as unknown as Record<string, unknown>;
  return [content, output, name, args, input].map(textOfContent).join('');
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as { text?: unknown }[]).map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
