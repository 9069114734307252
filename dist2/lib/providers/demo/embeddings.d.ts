/** Vectors without a model: the same text always gets the same one, and texts that share words and their parts get near ones. */
import type { EmbeddingsInput, EmbeddingsResult } from '../../canonical/types.ts';
/** @throws OpenCompatError for more numbers than one answer is given */
export declare function checkEmbeddings({ input, dimensions }: EmbeddingsInput): void;
export declare function embed({ input, dimensions }: EmbeddingsInput): EmbeddingsResult;
