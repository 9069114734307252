import type { IncomingMessage } from 'node:http';
import { createZstdDecompress } from 'node:zlib';
import { OpenCompatError } from './errors.ts';

/** Does the body come as Codex sends long ones (RFC 8878)? Express unpacks the other codings. */
export function isZstd({ headers }: IncomingMessage): boolean {
  return headers['content-encoding']?.trim().toLowerCase() === 'zstd';
}

/**
 * Unpacks a body, up to `limitBytes` of what comes out of it.
 * @throws OpenCompatError OC_BODY_TOO_LARGE, OC_INVALID_JSON
 */
export function readZstd(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const unpacker = createZstdDecompress();
    const parts: Buffer[] = [];
    let bytes = 0;

    function fail(error: OpenCompatError): void {
      req.unpipe(unpacker);
      // What else comes is read off, so that the answer can be read.
      req.resume();
      unpacker.destroy();
      reject(error);
    }

    unpacker.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > limitBytes) fail(new OpenCompatError('OC_BODY_TOO_LARGE', { limitBytes }));
      else parts.push(part);
    });
    unpacker.once('end', () => resolve(Buffer.concat(parts)));
    unpacker.once('error', (cause) => {
      fail(new OpenCompatError('OC_INVALID_JSON', { reason: 'it cannot be decompressed' }, { cause }));
    });
    req.once('aborted', () => fail(new OpenCompatError('OC_INVALID_JSON', { reason: 'it ended too early' })));
    req.pipe(unpacker);
  });
}
