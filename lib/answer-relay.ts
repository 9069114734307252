/** Passes an upstream's answer on as it comes: client and upstream speak the same API, and nobody asked to see it. */
import type { Response } from 'express';
import { errorFromFailedEvent } from './apis/responses/failure.ts';
import type { CanonicalEvent } from './canonical.ts';
import { OpenCompatError } from './errors.ts';
import { asObject, type Json, parseObject } from './lenient-json.ts';
import type { UpstreamAnswer } from './providers/provider.ts';
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
  maxAnswerBytes: number;
  signal: AbortSignal;
}

/** As much of a stream's end as is looked at for its usage and its end mark, in bytes. */
const maxTailBytes = 8192;
const lineFeed = 0x0a;

/**
 * Resolves when the answer has been sent.
 * @throws OpenCompatError when it is an error although its status says otherwise, or breaks off, or stays silent
 */
export function relayAnswer(answer: UpstreamAnswer, res: Response, options: RelayOptions): Promise<void> {
  return options.isStreaming ? relayStream(answer, res, options) : relayWhole(answer, res, options);
}

function relayStream(answer: UpstreamAnswer, res: Response, options: RelayOptions): Promise<void> {
  const { providerTitle, idleTimeoutMs, keepaliveMs, keepalive, signal } = options;

  return new Promise((resolve, reject) => {
    let isSettled = false;
    let isWaitingForClient = false;
    /** The last reads, at most `maxTailBytes` of them beside the last. */
    let tail: Buffer[] = [];
    let tailBytes = 0;

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
      const last = tail.at(-1);
      // Only between two events: in the middle of one it would become part of it.
      if (last && !(last.at(-1) === lineFeed && last.at(-2) === lineFeed)) return;
      openHead();
      res.write(keepalive);
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
      silence.touch();
      pause?.touch();
      if (tailBytes === 0) {
        options.onFirstBytes();
        const error = errorInFirst(bytes, providerTitle);
        if (error) {
          fail(error);
          return;
        }
        openHead();
      }
      tail.push(bytes);
      tailBytes += bytes.length;
      if (tailBytes > maxTailBytes && tail.length > 1) shortenTail();
      if (!res.write(bytes)) waitForClient();
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
      res.once('drain', () => {
        isWaitingForClient = false;
        if (isSettled) return;
        silence.touch();
        answer.resume();
      });
    }

    function onEnd(): void {
      const text = Buffer.concat(tail).toString();
      // What neither says that it is done nor why it stopped has been cut off.
      if (!/\[DONE\]|"finish_reason"\s*:\s*"|"type"\s*:\s*"message_stop"/.test(text)) {
        fail(new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: providerTitle }));
        return;
      }
      settle();
      options.onComplete(usageEventOf(text));
      res.end();
      resolve();
    }

    function onClose(): void {
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
      reject(error);
    }

    answer.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

/** An error in the place of the first event, which is what some servers answer with status 200. */
function errorInFirst(bytes: Buffer, providerTitle: string): OpenCompatError | undefined {
  const text = bytes.toString('utf8', 0, maxTailBytes);
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
