import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';

/** Takes an SSE stream's bytes, split anywhere (also inside a UTF-8 character), and calls back with each event's data. */
export interface SseReader {
  /** @throws RangeError when a single event exceeds the limit. */
  feed(bytes: Buffer): void;
  /** The stream has ended: an event without its closing blank line still counts. */
  end(): void;
}

/** Every unsafe case of the format (CRLF, comments, multi-line data, a BOM) is eventsource-parser's. */
export function createSseReader(onData: (data: string) => void, maxEventBytes: number): SseReader {
  const decoder = new StringDecoder('utf8');
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent({ data }) {
      // The parser bounds what it has not finished reading; an event that came whole is measured here.
      if (data.length > maxEventBytes) throw new RangeError('an event exceeds the limit');
      onData(data);
    },
    onError(error) {
      // Unknown fields and malformed retry lines are to be ignored (HTML standard, 9.2.6); only the size limit is final.
      if (error.type === 'max-buffer-size-exceeded') throw new RangeError(error.message);
    },
  });
  return {
    feed: (bytes) => parser.feed(decoder.write(bytes)),
    end: () => parser.feed(`${decoder.end()}\n\n`),
  };
}
