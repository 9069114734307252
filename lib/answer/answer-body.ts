/** Reads the body of an upstream's answer: a stream of events, or sometimes a whole JSON answer or an error page. */
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
  /** Most bytes of an answer that comes whole, as JSON, instead of as a stream. */
  maxAnswerBytes: number;
}

/** Both throw OpenCompatError: an error that came instead of the answer, OC_UPSTREAM_BLOCKED, OC_UPSTREAM_INVALID. */
export interface AnswerBody {
  take(bytes: Buffer): void;
  /** Reads what was taken since the last call: a read's many small chunks at once. */
  flush(): void;
  end(): void;
}

/** Most bytes of a JSON answer that is read as an error. */
const maxErrorBytes = 65_536;

/** The media type is often missing on streams (ChatGPT, 2026), so the first byte decides how an answer is read. */
const openingBrace = 0x7b;
const openingAngle = 0x3c;

/** Gives the decoder the data of each event, or the whole answer. */
export function createAnswerBody(options: AnswerBodyOptions): AnswerBody {
  const { decoder, providerTitle } = options;
  const events = createSseReader(decoder.decode, options);
  const maxJsonBytes = decoder.decodeWhole ? options.maxAnswerBytes : maxErrorBytes;
  let pending: Buffer[] = [];
  let isFirst = true;
  /** The body so far, if it is JSON. */
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
    // JSON that does not parse was cut off.
    if (!body) return;
    // Some servers fail with status 200 and the error as JSON instead of a stream.
    if (body.error) throw errorFromFailedEvent({ ...body, type: 'error' } as unknown as CanonicalEvent, providerTitle);
    if (!decoder.decodeWhole) throw new SyntaxError('JSON instead of a stream');
    decoder.decodeWhole(body);
  }

  return {
    take(bytes) {
      pending.push(bytes);
    },

    flush() {
      if (pending.length === 0) return;
      const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
      pending = [];
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
        // A cut connection leaves an unterminated last event, but never a failure event.
        if (error instanceof OpenCompatError || json) throw asInvalidAnswer(error, options);
      }
    },
  };
}

function asInvalidAnswer(error: unknown, { providerTitle: provider, apiTitle: api }: AnswerBodyOptions): unknown {
  if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) return error;
  // The error's own message is kept back: it quotes the upstream.
  const reason =
    error instanceof RangeError
      ? 'one event is larger than `maxEventBytes` or `maxEventLines`'
      : 'its events cannot be read';
  return new OpenCompatError('OC_UPSTREAM_INVALID', { provider, api, reason }, { cause: error });
}
