import express from 'express';
import { maxDepth, maxNumberLength, ValueBudget } from '../lib/bounded-json.ts';
import { defineMiddleware, type Request, type Response } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';

interface BodyParserError extends Error {
  type?: string;
  limit?: number;
  status?: number;
}

function toBodyError(error: BodyParserError): unknown {
  switch (error.type) {
    case 'entity.too.large':
      return new OpenCompatError('OC_BODY_TOO_LARGE', { limitBytes: error.limit ?? 0 }, { cause: error });
    case 'encoding.unsupported':
      return new OpenCompatError('OC_UNSUPPORTED_MEDIA_TYPE', { reason: `; ${error.message}` }, { cause: error });
    case 'request.aborted':
    case 'request.size.invalid':
      return new OpenCompatError('OC_INVALID_JSON', { reason: 'it ended too early' }, { cause: error });
    default:
      // Errors of the decompression: the bytes do not match Content-Encoding.
      if (error.status === 400)
        return new OpenCompatError('OC_INVALID_JSON', { reason: 'it cannot be decompressed' }, { cause: error });
      return error;
  }
}

/** Tells only the place: Node's message quotes the body, which may hold secrets. */
function describeSyntaxError(error: Error): string {
  const place = /at position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(error.message);
  if (place?.[2]) return `syntax error at line ${place[2]}, column ${place[3]}`;
  if (place) return `syntax error at position ${place[1]}`;
  return 'it ends too early or is not JSON';
}

const utf8 = new TextDecoder('utf-8');
const utf16 = new TextDecoder('utf-16le');

/**
 * JSON is UTF-8 (RFC 8259 §8.1, https://www.rfc-editor.org/rfc/rfc8259#section-8.1), and `charset` means nothing for it (RFC
 * 8259 §11, https://www.rfc-editor.org/rfc/rfc8259#section-11), so clients send any value (`utf8`, `us-ascii`). Only UTF-16 is
 * believed: no client sends it by mistake.
 */
function decode(bytes: Buffer, { headers }: Request): string {
  const isUtf16 = /charset="?utf-?16/i.test(headers['content-type'] ?? '');
  return (isUtf16 ? utf16 : utf8).decode(bytes);
}

const describeExcess = {
  'too deep': `it is nested deeper than ${maxDepth} levels`,
  'too long a number': `it holds a number of more than ${maxNumberLength} characters`,
} as const;

/** @throws OpenCompatError OC_INVALID_JSON, OC_TOO_MANY_VALUES */
function parseText(text: string, maxValues: number): unknown {
  if (text === '') throw new OpenCompatError('OC_INVALID_JSON', { reason: 'it is empty' });
  const excess = new ValueBudget(maxValues).spend(text);
  if (excess === 'too many values') throw new OpenCompatError('OC_TOO_MANY_VALUES', { limit: maxValues });
  if (excess) throw new OpenCompatError('OC_INVALID_JSON', { reason: describeExcess[excess] });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OpenCompatError('OC_INVALID_JSON', { reason: describeSyntaxError(cause as Error) }, { cause });
  }
}

/**
 * Calls back as soon as a body is known to exceed the limit. Express would read it to its end first, and the client would wait
 * that long; here it is answered at once, and the rest of the body is read and discarded.
 */
function watchSize(req: Request, limitBytes: number, onTooLarge: () => void): void {
  if (Number(req.headers['content-length'] ?? 0) > limitBytes) onTooLarge();
  if (req.headers['transfer-encoding'] === undefined) return;
  let bytes = 0;
  req.on('data', function count(part: Buffer) {
    bytes += part.length;
    if (bytes <= limitBytes) return;
    req.off('data', count);
    onTooLarge();
  });
}

/**
 * Reads the JSON body, up to `maxBodyBytes` and `maxBodyValues`, compressed or not. Any media type is taken for JSON (`curl
 * -d` says form data); `host-guard` stops other sites' pages, which could exploit that.
 */
export default defineMiddleware({
  name: 'parse-body',
  after: ['host-guard'],
  // The server's own `requestTimeout` bounds how long a body may take.
  mayWait: true,
  create(_options, { config }) {
    const limitBytes = config.maxBodyBytes;
    const readBytes = express.raw({ limit: limitBytes, type: () => true });

    async function read(req: Request, res: Response): Promise<Buffer> {
      const error = await new Promise<unknown>((resolve) => {
        readBytes(req, res, resolve);
        watchSize(req, limitBytes, () => resolve(new OpenCompatError('OC_BODY_TOO_LARGE', { limitBytes })));
      });
      if (error !== undefined) throw toBodyError(error as BodyParserError);
      return req.body ?? Buffer.alloc(0);
    }

    return async function parseBody(req, res, next) {
      req.exchange.body = parseText(decode(await read(req, res), req), config.maxBodyValues);
      // One owner: the exchange releases the body when it has been used.
      req.body = undefined;
      next();
    };
  },
});
