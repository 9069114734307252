/** Reads the JSON bodies of requests. */
import express, { type Request, type Response } from 'express';
import { maxDepth, maxNumberLength, ValueBudget } from '../bounded-json.ts';
import { OpenCompatError } from '../errors.ts';

interface BodyParserError extends Error {
  type?: string;
  status?: number;
}

/** Reads the body of a request, compressed or not. @throws OpenCompatError */
export type BodyReader = (req: Request, res: Response) => Promise<Buffer>;

/** @param tooLarge the error for a body that is longer, also when it is decompressed */
export function createBodyReader(limitBytes: number, tooLarge: () => OpenCompatError): BodyReader {
  const read = express.raw({ limit: limitBytes, type: () => true });
  return async (req, res) => {
    const error = await new Promise<BodyParserError | OpenCompatError | undefined>((resolve) => {
      read(req, res, resolve as (error?: unknown) => void);
      watchSize(req, limitBytes, () => resolve(tooLarge()));
    });
    if (error !== undefined) throw toBodyError(error, tooLarge);
    const bytes: Buffer | undefined = req.body;
    // One owner: the caller.
    req.body = undefined;
    return bytes ?? Buffer.alloc(0);
  };
}

function toBodyError(error: BodyParserError, tooLarge: () => OpenCompatError): Error {
  switch (error.type) {
    case 'entity.too.large':
      return tooLarge();
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
export function parseJsonBody(bytes: Buffer, req: Request, maxValues: number): unknown {
  const text = decode(bytes, req);
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
