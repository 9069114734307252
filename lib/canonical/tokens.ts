/** Token counts of our own, for answers that are cut here and so end without the upstream's. */
import { createRequire } from 'node:module';
import type { CanonicalInputItem, CanonicalRequest } from './types.ts';

interface Tokenizer {
  encode(text: string, options: object): number[];
  decode(tokens: number[]): string;
}

let loaded: Tokenizer | undefined;

/**
 * o200k_base, the encoding of OpenAI's models since GPT-4o. Loaded when the first text has to be counted (200 ms and
 * 70 MB), which most servers never see; `require`, because event transforms are synchronous.
 */
function tokenizer(): Tokenizer {
  loaded ??= createRequire(import.meta.url)('gpt-tokenizer/encoding/o200k_base') as Tokenizer;
  return loaded;
}

/** Text that happens to spell a control token counts as text. */
const asPlainText = { disallowedSpecial: new Set<string>() };

/** The encoder's time grows with the square of an unbroken run of letters: 7 s for 100 KB. */
const maxPieceCharacters = 1024;

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

/** Exact, except for unbroken runs of more than 1024 characters: one token too many at most for each 1024. */
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
/** Tokens around each message: role and separators (OpenAI's cookbook on counting tokens). */
const tokensPerItem = 4;

/** A picture of ordinary size, as OpenAI and Anthropic count them (85 to 1600). */
const tokensPerImage = 1_000;
/** A page of a PDF, which models see as text and as a picture; and the average size of a page. */
const tokensPerPage = 2_000;
const bytesPerPage = 50_000;

/** Estimates a request's input tokens: counts its texts, tools and schemas; pictures and files by rule of thumb. */
export function estimateInputTokens({ input, instructions, tools, text }: CanonicalRequest): number {
  const texts = input.map(textOf);
  if (instructions) texts.push(instructions);
  if (tools?.length) texts.push(JSON.stringify(tools));
  if (text?.format) texts.push(JSON.stringify(text.format));
  const whole = texts.join('\n');
  const counted = countTokens(whole.slice(0, maxCountedCharacters));
  const scale = Math.max(1, whole.length / maxCountedCharacters);
  const media = input.reduce((sum, item) => sum + countMedia(item), 0);
  return Math.round(counted * scale) + texts.length * tokensPerItem + media;
}

/** Bytes of a token, on average: of English prose 4.5, of code and JSON 3 to 4. */
const bytesPerToken = 4;

/** The same without a tokenizer, for what has to cost next to nothing. */
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
  return Math.ceil(bytes / bytesPerToken) + (input.length + 1) * tokensPerItem + media;
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
