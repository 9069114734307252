import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { type ReaderOptions, UpstreamReader } from './upstream-reader.ts';

export interface WholeOptions extends ReaderOptions {
  maxAnswerBytes: number;
  /** The first byte of the answer's body came. */
  onFirstBytes(): void;
}

/**
 * Gives the whole body of an answer.
 * @throws OpenCompatError OC_UPSTREAM_ERROR when it is too large, and what `UpstreamReader.read` throws
 */
export async function readWhole(answer: UpstreamAnswer, options: WholeOptions): Promise<Buffer> {
  const { maxAnswerBytes, onFirstBytes } = options;
  const reader = new UpstreamReader(answer, options);
  const parts: Buffer[] = [];
  let bytes = 0;
  await reader.read({
    take(part) {
      if (bytes === 0) onFirstBytes();
      parts.push(part);
      bytes += part.length;
      if (bytes > maxAnswerBytes) throw tooLarge();
    },
    end: () => reader.finish(),
  });
  return Buffer.concat(parts);
}

/** The error for an answer that is gathered here and exceeds `maxAnswerBytes`. */
export function tooLarge(): OpenCompatError {
  return new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: 'The answer is larger than `maxAnswerBytes`; stream it instead.',
  });
}
