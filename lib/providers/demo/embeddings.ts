/** Vectors without a model: the same text always gets the same one, and texts that share words and their parts get near ones. */
import type { EmbeddingsInput, EmbeddingsResult } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';

const defaultDimensions = 256;
/** Numbers of one answer: a short request can ask for very many. */
const maxNumbers = 1_048_576;
/** Words of all texts that are looked at, in characters; what is behind them changes nothing. */
const maxCharacters = 1_048_576;
const gramCharacters = 3;

/** @throws OpenCompatError for more numbers than one answer is given */
export function checkEmbeddings({ input, dimensions = defaultDimensions }: EmbeddingsInput): void {
  if (input.length * dimensions <= maxNumbers) return;
  const reason = `The demo gives at most ${maxNumbers} numbers in one answer: ask for fewer dimensions, or for fewer inputs at a time.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'dimensions' });
}

export function embed({ input, dimensions = defaultDimensions }: EmbeddingsInput): EmbeddingsResult {
  const share = Math.ceil(maxCharacters / input.length);
  const features = input.map((item) =>
    typeof item === 'string' ? featuresOf(item.slice(0, share)) : item.slice(0, share).map((token) => `#${token}`),
  );
  return {
    vectors: features.map((found) => toVector(found, dimensions)),
    inputTokens: features.reduce((sum, found) => sum + found.length, 0),
  };
}

/** Words, and the runs of three letters in them. */
function featuresOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => {
    const padded = ` ${word} `;
    const grams = Array.from({ length: Math.max(0, padded.length - gramCharacters + 1) }, (_, at) =>
      padded.slice(at, at + gramCharacters),
    );
    return [word, ...grams];
  });
}

/** Each feature adds to, or takes from, a dimension that its hash names; the sum has length 1. */
function toVector(features: readonly string[], dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const feature of features) {
    const hash = hashOf(feature);
    vector[(hash >>> 1) % dimensions]! += hash % 2 === 0 ? 1 : -1;
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  // A text without a word, or features that cancel each other out, still has to point somewhere.
  if (length === 0) return vector.map((_, at) => (at === 0 ? 1 : 0));
  return vector.map((value) => value / length);
}

/** FNV-1a, mixed once more so that its low bits are as good as the others (as MurmurHash3 ends). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
