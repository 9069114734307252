/** Passes an upstream's answer on as it comes: client and upstream speak the same API, and nobody asked to see it. */
import type { Response } from 'express';
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { createSilenceTimer } from './silence-timer.ts';

export interface RelayOptions {
  isStreaming: boolean;
  contentType: string;
  /** Called once, right before the response head is written. */
  onHead(): void;
  /** The first byte of the answer's body came. */
  onFirstBytes(): void;
  /** The answer is complete. @param tail its last event's data, or the whole of it when it is no stream */
  onComplete(tail: Json | undefined): void;
  providerTitle: string;
  idleTimeoutMs: number;
  /** Silence after which a comment is sent; 0 = never. */
  keepaliveMs: number;
  keepalive: string;
  /** What the end of a whole stream holds. Default: Chat Completions' marks. */
  endMark?: RegExp;
  maxAnswerBytes: number;
  signal: AbortSignal;
}

/** As much of a stream's end as is looked at for its usage and its end mark, in bytes. */
const maxTailBytes = 8192;
const lineFeed = 0x0a;
const chatEndMark = /\[DONE\]|"finish_reason"\s*:\s*"/;
const lineEndBytes = 2;
/** The start of a line is held until its end comes, so that a broken-off one never reaches the client; not more of it, though. */
const maxHeldLineBytes = 65_536;
const nothing = Buffer.alloc(0);

/** Do whole lines end here with an event? */
function endsEvent(lines: Buffer): boolean {
  return /(?:^|\n)\r?\n$/.test(lines.subarray(-3).toString('latin1'));
}

/** All that one read of the upstream held, as one chunk in one write (RFC 9112, 7.1); see sink.ts. */
function writeChunk(res: Response, parts: readonly Buffer[], bytes: number): boolean {
  const { socket, chunkedEncoding } = res;
  if (!socket || !chunkedEncoding) return res.write(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  const size = bytes.toString(16);
  const chunk = Buffer.allocUnsafe(size.length + bytes + 2 * lineEndBytes);
  let at = chunk.write(`${size}\r\n`, 'latin1');
  for (const part of parts) at += part.copy(chunk, at);
  chunk.write('\r\n', at, 'latin1');
  return socket.write(chunk);
}

/**
 * Resolves when the answer has been sent.
 * @throws OpenCompatError when it is an error although its status says otherwise, or breaks off, or stays silent
 */
export function relayAnswer(answer: UpstreamAnswer, res: Response, options: RelayOptions): Promise<void> {
  return options.isStreaming ? relayStream(answer, res, options) : relayWhole(answer, res, options);
}

function relayStream(answer: UpstreamAnswer, res: Response, options: RelayOptions): Promise<void> {
  const { providerTitle, idleTimeoutMs, keepaliveMs, keepalive, endMark = chatEndMark, signal } = options;

  return new Promise((resolve, reject) => {
    let isSettled = false;
    /** What came before the first event is complete, which may be an error; undefined once the answer is on its way. */
    let held: { parts: Buffer[]; bytes: number } | undefined = { parts: [], bytes: 0 };
    /** Something has been written, and with it the head. */
    let hasWritten = false;
    let isWaitingForClient = false;
    /** The last reads, at least `maxTailBytes` of them where there were so many. */
    let tail: Buffer[] = [];
    let tailBytes = 0;
    /** Read, and not looked at yet. */
    let pending: Buffer[] = [];
    /** The line that has begun. */
    let line: Buffer = nothing;

    const silence = createSilenceTimer(idleTimeoutMs, () => {
      fail(
        isWaitingForClient
          ? new OpenCompatError('OC_CLIENT_STALLED', { seconds: idleTimeoutMs / 1000 })
          : new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: providerTitle, seconds: idleTimeoutMs / 1000 }),
      );
    });
    const pause = keepaliveMs > 0 && keepalive ? createSilenceTimer(keepaliveMs, keepAlive) : undefined;

    function keepAlive(): void {
      if (res.socket?.writableNeedDrain) return;
      if (held && held.bytes > 0) {
        // Comments of the upstream's own do as well as one of ours.
        passHeld(held.parts);
        return;
      }
      // In the middle of an event it would become part of it.
      if (!isBetweenEvents()) return;
      openHead();
      hasWritten = true;
      res.write(keepalive);
    }

    function isBetweenEvents(): boolean {
      return tail.length === 0 || endsEvent(Buffer.concat(tail.slice(-2)));
    }

    function openHead(): void {
      if (res.headersSent) return;
      options.onHead();
      res.writeHead(200, {
        'content-type': options.contentType,
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
    }

    function onData(bytes: Buffer): void {
      // Node gives each HTTP chunk of one socket read apart; the tick comes when all of them are through.
      if (pending.length === 0) process.nextTick(flush);
      pending.push(bytes);
    }

    function flush(): void {
      if (isSettled || pending.length === 0) return;
      const parts = pending;
      pending = [];
      silence.touch();
      if (held) holdOrPass(held, parts);
      else passLines(parts);
    }

    function holdOrPass(start: { parts: Buffer[]; bytes: number }, parts: readonly Buffer[]): void {
      if (start.bytes === 0) options.onFirstBytes();
      start.parts.push(...parts);
      start.bytes += countBytes(parts);
      const text = Buffer.concat(start.parts).toString('utf8', 0, maxTailBytes);
      if (start.bytes < maxTailBytes && !hasEvent(text)) return;
      const error = errorInFirst(text, providerTitle);
      if (error) fail(error);
      else passHeld(start.parts);
    }

    function passHeld(parts: readonly Buffer[]): void {
      held = undefined;
      openHead();
      passLines(parts);
    }

    function passLines(parts: readonly Buffer[]): void {
      // Nearly always a read ends where a line does.
      if (line.length === 0 && parts.at(-1)?.at(-1) === lineFeed) {
        pass(parts);
        return;
      }
      const all = Buffer.concat([line, ...parts]);
      const end = all.lastIndexOf(lineFeed) + 1;
      const whole = all.length - end > maxHeldLineBytes ? all.length : end;
      line = all.subarray(whole);
      if (whole > 0) pass([all.subarray(0, whole)]);
    }

    function pass(parts: readonly Buffer[]): void {
      pause?.touch();
      const bytes = countBytes(parts);
      if (hasWritten) {
        if (!writeChunk(res, parts, bytes) && !isWaitingForClient) waitForClient();
      } else {
        hasWritten = true;
        // The head goes with the first bytes.
        for (const part of parts) res.write(part);
      }
      tail.push(...parts);
      tailBytes += bytes;
      if (tailBytes > 2 * maxTailBytes) shortenTail();
    }

    function shortenTail(): void {
      let kept = 0;
      let from = tail.length;
      while (from > 0 && kept < maxTailBytes) kept += tail[--from]!.length;
      tail = tail.slice(from);
      tailBytes = kept;
    }

    function waitForClient(): void {
      isWaitingForClient = true;
      answer.pause();
      (res.socket ?? res).once('drain', () => {
        isWaitingForClient = false;
        if (isSettled) return;
        silence.touch();
        answer.resume();
      });
    }

    function onEnd(): void {
      flush();
      if (isSettled) return;
      const text = Buffer.concat(held ? held.parts : [...tail, line]).toString();
      const error = held && errorInFirst(text, providerTitle);
      // What neither says that it is done nor why it stopped has been cut off.
      if (error || !endMark.test(text)) {
        fail(error ?? new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: providerTitle }));
        return;
      }
      if (held) passHeld(held.parts);
      if (line.length > 0) pass([line]);
      settle();
      options.onComplete(usageEventOf(text));
      res.end();
      resolve();
    }

    function onClose(): void {
      flush();
      fail(new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: providerTitle }));
    }

    function onAbort(): void {
      fail(signal.reason);
    }

    function settle(): void {
      isSettled = true;
      silence.stop();
      pause?.stop();
      answer.off('data', onData).off('end', onEnd).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    }

    function fail(error: unknown): void {
      if (isSettled) return;
      settle();
      answer.destroy();
      // What is said of the failure must be an event of its own.
      if (!res.destroyed && !isBetweenEvents()) res.write('\n\n');
      reject(error);
    }

    answer.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

function countBytes(parts: readonly Buffer[]): number {
  let bytes = 0;
  for (const { length } of parts) bytes += length;
  return bytes;
}

/** Is there a line with data that is complete? Comments may come before it for a long time (OpenRouter). */
function hasEvent(text: string): boolean {
  return /^data:.*[\r\n]/m.test(text) || /^\s*</.test(text);
}

/** An error in the place of the first event, which is what some servers answer with status 200. */
function errorInFirst(text: string, providerTitle: string): OpenCompatError | undefined {
  if (/^\s*</.test(text)) return new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider: providerTitle, status: 200 });
  if (!text.includes('"error"')) return undefined;
  const first = /^(?:data:)?\s*(\{.*)/m.exec(text)?.[1];
  const body = first === undefined ? undefined : parseObject(first);
  if (!body?.error || body.choices) return undefined;
  return errorFromFailedEvent({ ...body, type: 'error' } as unknown as CanonicalEvent, providerTitle);
}

/** The last event that tells the usage. */
function usageEventOf(text: string): Json | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:') && line.includes('"usage"'));
  for (const line of lines.reverse()) {
    const event = parseObject(line.slice('data:'.length));
    if (asObject(event?.usage)) return event;
  }
  return undefined;
}

async function relayWhole(answer: UpstreamAnswer, res: Response, options: RelayOptions): Promise<void> {
  const body = await readWhole(answer, options);
  const parsed = parseObject(body.toString());
  if (!parsed) {
    const details = { provider: options.providerTitle, api: 'JSON', reason: 'it cannot be read' };
    throw new OpenCompatError('OC_UPSTREAM_INVALID', details);
  }
  if (parsed.error) {
    throw errorFromFailedEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent, options.providerTitle);
  }
  options.onComplete(parsed);
  options.onHead();
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  res.end(body);
}

/**
 * The whole of an answer.
 * @throws OpenCompatError when it is too large, breaks off, or stays silent; the signal's reason when it is aborted
 */
export function readWhole(
  answer: UpstreamAnswer,
  {
    providerTitle,
    idleTimeoutMs,
    maxAnswerBytes,
    signal,
    onFirstBytes,
  }: Pick<RelayOptions, 'providerTitle' | 'idleTimeoutMs' | 'maxAnswerBytes' | 'signal' | 'onFirstBytes'>,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const silence = createSilenceTimer(idleTimeoutMs, () =>
      fail(new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: providerTitle, seconds: idleTimeoutMs / 1000 })),
    );
    const onAbort = () => fail(signal.reason);
    function settle(): void {
      silence.stop();
      signal.removeEventListener('abort', onAbort);
    }
    function fail(error: unknown): void {
      settle();
      answer.destroy();
      reject(error);
    }
    const cutOff = () => fail(new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: providerTitle }));
    answer.on('data', (part: Buffer) => {
      if (bytes === 0) onFirstBytes();
      silence.touch();
      parts.push(part);
      bytes += part.length;
      if (bytes > maxAnswerBytes) {
        const reason = 'The answer is larger than `maxAnswerBytes`; stream it instead.';
        fail(new OpenCompatError('OC_UPSTREAM_ERROR', { reason }));
      }
    });
    answer.once('end', () => {
      settle();
      resolve(Buffer.concat(parts));
    });
    answer.on('close', cutOff).on('error', cutOff);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}
