/** What is seen of streams, heads and errors, in the form of a capture. */
import type { OutgoingHttpHeaders } from 'node:http';
import { Secret } from '../secret.ts';
import { isA, readSafely } from '../thrown.ts';
import type { CapturedError, CapturedHeaders } from './capture.ts';

/** Most causes of an error that are told. */
const maxCauses = 8;

/** Sees what an emitter tells, whoever listens, and whenever. */
export function tapEmit(
  emitter: { emit(event: string | symbol, ...given: unknown[]): boolean },
  see: (event: string | symbol, given: unknown) => void,
): void {
  const { emit } = emitter;
  emitter.emit = (event, ...given) => {
    see(event, given[0]);
    return emit.call(emitter, event, ...given);
  };
}

export function toBytes(data: unknown, encoding: unknown): Buffer | undefined {
  if (typeof data === 'string') return Buffer.from(data, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8');
  return data instanceof Uint8Array ? Buffer.from(data) : undefined;
}

/** The content of a chunk (RFC 9112 §7.1, https://www.rfc-editor.org/rfc/rfc9112#section-7.1); undefined for anything else. */
export function chunkContent(bytes: Buffer | undefined): Buffer | undefined {
  const lineEnd = bytes?.indexOf('\r\n') ?? -1;
  if (!bytes || lineEnd < 1) return undefined;
  const size = bytes.toString('latin1', 0, lineEnd);
  if (!/^[0-9a-f]{1,8}$/i.test(size)) return undefined;
  return bytes.subarray(lineEnd + 2, lineEnd + 2 + Number.parseInt(size, 16));
}

export function revealed(headers: Readonly<Record<string, string | Secret>>): CapturedHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isA(value, Secret) ? value.reveal() : value]),
  );
}

/** A length is a number until it is sent. */
export function asTexts(headers: OutgoingHttpHeaders): CapturedHeaders {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  ) as CapturedHeaders;
}

export function describeError(error: unknown): CapturedError {
  if (!isA(error, Error)) return { message: readSafely(() => String(error)) ?? 'something else' };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const causes: string[] = [];
  for (let { cause } = error; isA(cause, Error) && causes.length < maxCauses; cause = cause.cause)
    causes.push(cause.message);
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof status === 'number' && { status }),
    message: error.message,
    ...(causes.length > 0 && { causes }),
  };
}
