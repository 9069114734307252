/** Gives a recorded answer again, byte for byte. */

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenCompatError } from '../../errors.ts';
import { bytesOf, type CapturedError } from '../../recorder/capture.ts';
import type { UpstreamAnswer } from '../provider.ts';
import type { RecordedAnswer } from './playlist.ts';

export interface DeliveryOptions {
  /** How many times as fast as it was; absent: as fast as can be. */
  readonly speed?: number;
  /** Bytes of each piece; absent: those of the recorded reads. */
  readonly splitEveryBytes?: number;
}

/** @throws OpenCompatError where the request had failed before an answer came */
export async function deliver(
  answer: RecordedAnswer,
  title: string,
  signal: AbortSignal,
  options: DeliveryOptions,
): Promise<UpstreamAnswer> {
  const { request, head, end } = answer;
  await pause((head ?? end ?? request).ms - request.ms, options, signal);
  if (!head) throw failureOf(end?.error ?? answer.failure, title);
  const stream = Readable.from(write(answer, title, signal, options), { objectMode: false, signal });
  // An abort before anyone reads is no fault of the process.
  stream.on('error', () => {});
  return Object.assign(stream, { statusCode: head.status, headers: head.headers }) as unknown as UpstreamAnswer;
}

async function* write(
  { head, reads, end, failure }: RecordedAnswer,
  title: string,
  signal: AbortSignal,
  options: DeliveryOptions,
): AsyncGenerator<Buffer> {
  let sinceMs = head!.ms;
  for (const read of reads) {
    await pause(read.ms - sinceMs, options, signal);
    sinceMs = read.ms;
    yield* pieces(bytesOf(read), options.splitEveryBytes);
  }
  if (!end || end.how === 'end') return;
  await pause(end.ms - sinceMs, options, signal);
  throw failureOf(end.error ?? failure, title);
}

function* pieces(bytes: Buffer, size = bytes.length): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function pause(ms: number, { speed }: DeliveryOptions, signal: AbortSignal): Promise<void> {
  if (speed !== undefined && ms > 0) await sleep(ms / speed, undefined, { signal });
}

/** The error of the connection as it was; where the recording does not tell, the connection was closed. */
function failureOf(error: CapturedError | undefined, provider: string): OpenCompatError {
  const { code, message = '' } = error ?? {};
  if (code === 'OC_UPSTREAM_TIMEOUT') {
    const [, seconds = '?'] = /for ([\d.]+) seconds/.exec(message) ?? [];
    return new OpenCompatError(code, { provider, seconds });
  }
  if (code === 'OC_UPSTREAM_UNREACHABLE') {
    const [, reason = 'the recording does not say why'] = /cannot be reached: (.*)\.$/.exec(message) ?? [];
    return new OpenCompatError(code, { provider, reason });
  }
  return new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider });
}
