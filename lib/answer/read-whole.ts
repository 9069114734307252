import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { ByteCollector } from './byte-collector.ts';
import { type ReaderOptions, UpstreamReader } from './upstream-reader.ts';

export interface WholeOptions extends ReaderOptions {
  maxAnswerBytes: number;
  /** The first byte of the answer's body came. */
  onFirstBytes(): void;
}

/**
 * Reads the whole body of an answer.
 * @throws OpenCompatError OC_UPSTREAM_ERROR when it is too large, and what `UpstreamReader.read` throws
 */
export async function readWhole(answer: UpstreamAnswer, options: WholeOptions): Promise<Buffer> {
  const { maxAnswerBytes, onFirstBytes } = options;
  const reader = new UpstreamReader(answer, options);
  const body = new ByteCollector(maxAnswerBytes);
  await reader.read({
    take(bytes) {
      if (body.length === 0) onFirstBytes();
      if (body.length + bytes.length > maxAnswerBytes) throw tooLarge();
      body.add(bytes);
    },
    end: () => reader.finish(),
  });
  return body.take();
}

/** The error for a gathered answer that exceeds `maxAnswerBytes`. */
export function tooLarge(): OpenCompatError {
  return new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: 'The answer is larger than `maxAnswerBytes`; stream it instead.',
  });
}
