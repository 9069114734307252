/** Vectors without a model: the same text always gets the same one, and texts that share words and their parts get near ones. */
import { hash } from 'node:crypto';
import type { EmbeddingsInput, EmbeddingsResult } from '../../canonical.ts';

const defaultDimensions = 256;
/** As much of a text as is looked at. */
const maxCharacters = 65_536;
const gramCharacters = 3;

export function embed({ input, dimensions = defaultDimensions }: EmbeddingsInput): EmbeddingsResult {
  const features = input.map((item) =>
    typeof item === 'string' ? featuresOf(item) : item.map((token) => `#${token}`),
  );
  return {
    vectors: features.map((found) => toVector(found, dimensions)),
    inputTokens: features.reduce((sum, found) => sum + found.length, 0),
  };
}

/** Words, and the runs of three letters in them. */
function featuresOf(text: string): string[] {
  const words =
    text
      .slice(0, maxCharacters)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
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
    const bytes = hash('sha1', feature, 'buffer');
    const at = bytes.readUInt32LE(0) % dimensions;
    vector[at]! += bytes[4]! % 2 === 0 ? 1 : -1;
  }
  const length = Math.hypot(...vector);
  // A text without a word, or features that cancel each other out, still has to point somewhere.
  if (length === 0) return vector.map((_, at) => (at === 0 ? 1 : 0));
  return vector.map((value) => value / length);
}
