/** The body of an upstream's answer, which should be a stream of events and is sometimes a whole JSON answer, or no answer at all. */
import type { StreamDecoder } from '../apis/api.ts';
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import { parseObject } from '../lenient-json.ts';
import { ByteCollector } from './byte-collector.ts';
import { createSseReader, type EventLimits } from './sse.ts';

export interface AnswerBodyOptions extends EventLimits {
  decoder: StreamDecoder;
  /** Names in messages: "ChatGPT", "Responses". */
  providerTitle: string;
  apiTitle: string;
  /** Of an answer that comes whole, as JSON, where a stream was asked for. */
  maxAnswerBytes: number;
}

/** Both throw OpenCompatError: an error that came in the place of the answer, OC_UPSTREAM_BLOCKED, OC_UPSTREAM_INVALID. */
export interface AnswerBody {
  take(bytes: Buffer): void;
  end(): void;
}

/** As much of a JSON answer as can be an error, in bytes. */
const maxErrorBytes = 65_536;

/** The media type is often missing on streams (ChatGPT, 2026), so the first byte decides what an answer is. */
const openingBrace = 0x7b;
const openingAngle = 0x3c;

/** Gives the decoder the data of each event, or the whole answer. */
export function createAnswerBody(options: AnswerBodyOptions): AnswerBody {
  const { decoder, providerTitle } = options;
  const events = createSseReader(decoder.decode, options);
  const maxJsonBytes = decoder.decodeWhole ? options.maxAnswerBytes : maxErrorBytes;
  let isFirst = true;
  /** The body so far, when it is JSON instead of a stream. */
  let json: ByteCollector | undefined;

  function lookAtFirst(bytes: Buffer): void {
    isFirst = false;
    const first = bytes.find((byte) => byte > 0x20);
    if (first === openingAngle)
      throw new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider: providerTitle, status: 200 });
    if (first === openingBrace) json = new ByteCollector(maxJsonBytes);
  }

  function takeWhole(text: string): void {
    const body = parseObject(text);
    // What does not even parse has been cut off.
    if (!body) return;
    // Some servers fail with status 200 and the error as JSON, where the stream should be.
    if (body.error) throw errorFromFailedEvent({ ...body, type: 'error' } as unknown as CanonicalEvent, providerTitle);
    if (!decoder.decodeWhole) throw new SyntaxError('JSON instead of a stream');
    decoder.decodeWhole(body);
  }

  return {
    take(bytes) {
      try {
        if (isFirst) lookAtFirst(bytes);
        if (!json) {
          events.feed(bytes);
          return;
        }
        if (json.length + bytes.length > maxJsonBytes) throw new SyntaxError('JSON instead of a stream');
        json.add(bytes);
      } catch (error) {
        throw asInvalidAnswer(error, options);
      }
    },

    end() {
      try {
        if (json) {
          takeWhole(json.take().toString());
          return;
        }
        events.end();
        decoder.end();
      } catch (error) {
        // An unterminated last event is what a cut connection leaves behind; a failure event is not.
        if (error instanceof OpenCompatError || json) throw asInvalidAnswer(error, options);
      }
    },
  };
}

function asInvalidAnswer(error: unknown, { providerTitle: provider, apiTitle: api }: AnswerBodyOptions): unknown {
  if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) return error;
  // Not the error's own message: it quotes what the upstream sent.
  const reason =
    error instanceof RangeError
      ? 'one event is larger than `maxEventBytes` or `maxEventLines`'
      : 'its events cannot be read';
  return new OpenCompatError('OC_UPSTREAM_INVALID', { provider, api, reason }, { cause: error });
}
