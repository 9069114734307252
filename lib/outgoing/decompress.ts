/** Decompresses answers that some servers and inspecting proxies compress without being asked. */
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createUnzip, createZstdDecompress } from 'node:zlib';

/** Asks for uncompressed answers: an event of a stream has to arrive at once. */
export const acceptEncoding = 'identity';

/** An answer that was cut off keeps what has arrived. */
const lenient = { finishFlush: constants.Z_SYNC_FLUSH };

/** RFC 9110, 8.4.1 (https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1); RFC 8878 for zstd. */
const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: () => createUnzip(lenient),
  'x-gzip': () => createUnzip(lenient),
  deflate: () => createUnzip(lenient),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }),
};

/** The head of an answer, and its body as a stream. */
export interface PlainAnswer extends Readable {
  statusCode?: number;
  headers: IncomingHttpHeaders;
}

/** The answer without its coding, if it is one that is known; else as it is. */
export function decompress(answer: PlainAnswer): PlainAnswer {
  const coding = answer.headers['content-encoding'];
  const decoder = coding === undefined ? undefined : decoders[coding.trim().toLowerCase()];
  if (!decoder) return answer;
  const { 'content-encoding': _coding, 'content-length': _length, ...headers } = answer.headers;
  const plain = pipeline(answer, decoder(), () => {}) as unknown as PlainAnswer;
  return Object.assign(plain, { statusCode: answer.statusCode, headers });
}
