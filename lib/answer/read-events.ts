/** Reads an upstream's answer: bytes → SSE events → canonical events → regular events → transforms → sink, one flush per read. */
import type { DecoderFacts, StreamDecoder, UpstreamApi } from '../apis/api.ts';
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import { createRegulariser } from '../canonical/regular-stream.ts';
import type { CanonicalEvent, CanonicalResponse } from '../canonical/types.ts';
import type { Emit, EventTransform } from '../chain/middleware.ts';
import { OpenCompatError } from '../errors.ts';
import { parseObject } from '../lenient-json.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { createSilenceTimer } from './silence-timer.ts';
import { createSseReader } from './sse.ts';

/** Where the canonical events of an answer go. */
export interface AnswerSink {
  accept(event: CanonicalEvent, choice: number): void;
  /** Hands what was accepted since the last flush to the client. false: wait for `drained` before more is read. */
  flush(): boolean;
  /** Resolves when the client has taken what was flushed. */
  drained(): Promise<void>;
}

export interface AnswerReaderOptions {
  sink: AnswerSink;
  /** What the upstream speaks. */
  api: UpstreamApi;
  facts: DecoderFacts;
  transforms: readonly EventTransform[];
  onVendorEvent(event: { type: string }): void;
  /** The first event that shows the model at work. */
  onFirstEvent(): void;
  /** The sink has accepted the terminal event, whose response this is; called before what is pending is flushed. */
  onComplete(response: CanonicalResponse): void;
  /** For messages: "ChatGPT". */
  providerTitle: string;
  /** Longest silence of the upstream; and of a client that does not read. */
  idleTimeoutMs: number;
  maxEventBytes: number;
  /** Of an answer that comes whole, as JSON, where a stream was asked for. */
  maxAnswerBytes: number;
  signal: AbortSignal;
}

/** Time between an answer's terminal event and the end of its stream. */
const endGraceMs = 5_000;

/** As much of a JSON answer as can be an error. */
const maxErrorBytes = 65_536;

/** The media type is often missing on streams (ChatGPT, 2026), so the first byte decides what an answer is. */
const openingBrace = 0x7b;
const openingAngle = 0x3c;

/**
 * Resolves when the choice is complete and the sink has accepted its terminal event. What the upstream sends
 * behind that is read off, so that the connection can be used again; an answer that a transform cut short is let go.
 * @throws OpenCompatError for a failure event, a broken or silent stream, or bytes that are no answer of the API
 */
export function readAnswer(answer: UpstreamAnswer, choice: number, options: AnswerReaderOptions): Promise<void> {
  const { sink, transforms, api, providerTitle, signal, idleTimeoutMs } = options;

  return new Promise((resolve, reject) => {
    let isSettled = false;
    let isUpstreamComplete = false;
    let isFirstRead = true;
    /** The answer so far, when it is JSON instead of a stream. */
    let json: { parts: Buffer[]; bytes: number } | undefined;
    let isFirstEvent = true;
    let isWaitingForClient = false;
    let isFlushDue = false;

    const silence = createSilenceTimer(idleTimeoutMs, () => {
      fail(
        isWaitingForClient
          ? new OpenCompatError('OC_CLIENT_STALLED', { seconds: idleTimeoutMs / 1000 })
          : new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: providerTitle, seconds: idleTimeoutMs / 1000 }),
      );
    });

    const emit = composeTransforms(transforms, choice, (event) => {
      if (isSettled) return;
      sink.accept(event, choice);
      if (event.type === 'response.completed' || event.type === 'response.incomplete') complete(event.response);
    });
    const regularise = createRegulariser(options.facts.id, emit);

    const decoder: StreamDecoder = api.createDecoder({
      ...options.facts,
      onEvent(event) {
        if (isSettled) return;
        switch (event.type) {
          case 'response.failed':
          case 'error':
            throw errorFromFailedEvent(event, providerTitle);
          case 'response.completed':
          case 'response.incomplete':
            isUpstreamComplete = true;
            break;
          case 'response.created':
          case 'response.in_progress':
          case 'response.queued':
            break;
          default:
            if (isFirstEvent) {
              isFirstEvent = false;
              options.onFirstEvent();
            }
        }
        regularise(event);
      },
      onVendorEvent: options.onVendorEvent,
    });
    const reader = createSseReader(decoder.decode, options.maxEventBytes);
    const maxJsonBytes = decoder.decodeWhole ? options.maxAnswerBytes : maxErrorBytes;

    function complete(response: CanonicalResponse): void {
      isSettled = true;
      cleanUp();
      options.onComplete(response);
      if (isUpstreamComplete) readOff(answer);
      else answer.destroy();
      resolve();
    }

    function fail(error: unknown): void {
      if (isSettled) return;
      isSettled = true;
      cleanUp();
      sink.flush();
      answer.destroy();
      reject(error);
    }

    function cleanUp(): void {
      silence.stop();
      answer.off('data', onData);
      answer.off('end', onEnd);
      answer.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      // A late error of a stream that is already dealt with must not become an uncaught one.
      answer.on('error', ignoreLateError);
    }

    function onData(bytes: Buffer): void {
      // Node gives each HTTP chunk of one socket read apart; the tick comes when all of them are through.
      if (!isFlushDue) {
        isFlushDue = true;
        process.nextTick(flush);
      }
      try {
        if (isFirstRead) {
          isFirstRead = false;
          const first = bytes.find((byte) => byte > 0x20);
          if (first === openingAngle)
            throw new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider: providerTitle, status: 200 });
          if (first === openingBrace) json = { parts: [], bytes: 0 };
        }
        if (json === undefined) {
          reader.feed(bytes);
          return;
        }
        if (json.bytes > maxJsonBytes) throw new SyntaxError('JSON instead of a stream');
        json.parts.push(bytes);
        json.bytes += bytes.length;
      } catch (error) {
        fail(asInvalidAnswer(error, providerTitle, api.title));
      }
    }

    function flush(): void {
      isFlushDue = false;
      if (isSettled) return;
      silence.touch();
      if (!sink.flush() && !isWaitingForClient) waitForClient();
    }

    function waitForClient(): void {
      isWaitingForClient = true;
      answer.pause();
      sink.drained().then(() => {
        isWaitingForClient = false;
        if (isSettled) return;
        silence.touch();
        answer.resume();
      });
    }

    function onEnd(): void {
      try {
        if (json === undefined) {
          reader.end();
          decoder.end();
        } else {
          takeWhole(Buffer.concat(json.parts).toString());
        }
      } catch (error) {
        // An unterminated last event is what a cut connection leaves behind; a failure event is not.
        if (error instanceof OpenCompatError || json) fail(asInvalidAnswer(error, providerTitle, api.title));
      }
      onClose();
    }

    function takeWhole(text: string): void {
      const body = parseObject(text);
      // What does not even parse has been cut off.
      if (!body) return;
      // Some servers fail with status 200 and the error as JSON, where the stream should be.
      if (body.error) {
        throw errorFromFailedEvent({ ...body, type: 'error' } as unknown as CanonicalEvent, providerTitle);
      }
      if (!decoder.decodeWhole) throw new SyntaxError('JSON instead of a stream');
      decoder.decodeWhole(body);
      if (!isSettled) sink.flush();
    }

    function onClose(): void {
      fail(new OpenCompatError('OC_UPSTREAM_STREAM_CLOSED', { provider: providerTitle }));
    }

    function onAbort(): void {
      fail(signal.reason);
    }

    answer.on('data', onData);
    answer.on('end', onEnd);
    answer.on('close', onClose);
    answer.on('error', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

/** Lets an upstream end its stream, so that its connection can be used again; one that does not is cut. */
function readOff(answer: UpstreamAnswer): void {
  const timer = setTimeout(() => answer.destroy(), endGraceMs).unref();
  answer.once('close', () => clearTimeout(timer));
  answer.resume();
}

function ignoreLateError(): void {}

/** Chains the transforms in order; without any, the last step itself. */
function composeTransforms(transforms: readonly EventTransform[], choice: number, last: Emit): Emit {
  return transforms.reduceRight<Emit>((next, transform) => (event) => transform(event, next, choice), last);
}

function asInvalidAnswer(error: unknown, providerTitle: string, api: string): unknown {
  if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) return error;
  // Not the error's own message: it quotes what the upstream sent.
  const reason = error instanceof RangeError ? 'one event is larger than `maxEventBytes`' : 'its events cannot be read';
  const details = { provider: providerTitle, api, reason };
  return new OpenCompatError('OC_UPSTREAM_INVALID', details, { cause: error });
}
