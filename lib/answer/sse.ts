import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { ByteCollector } from './byte-collector.ts';

/** Takes an SSE stream's bytes, split anywhere (also inside a UTF-8 character), and calls back with each event's data. */
export interface SseReader {
  /** @throws RangeError when a single event exceeds a limit */
  feed(bytes: Buffer): void;
  /** The stream has ended: an event without its closing blank line still counts. */
  end(): void;
}

export interface EventLimits {
  /** Most bytes of an event, and so of each of its lines. */
  maxEventBytes: number;
  /** Most lines of data in an event: even a short one costs some hundred bytes. */
  maxEventLines: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/**
 * Finds data lines behind a line feed: misses the first line of a read, and lines that end with a bare carriage return, which
 * no server sends.
 */
const dataLine = Buffer.from('\ndata');

/** eventsource-parser handles the hard cases of the format (CRLF, comments, multi-line data, a BOM). */
export function createSseReader(onData: (data: string) => void, limits: EventLimits): SseReader {
  const { maxEventBytes, maxEventLines } = limits;
  const decoder = new StringDecoder('utf8');
  /** The beginning of a line whose end has not come. */
  const begun = new ByteCollector(maxEventBytes);
  let dataLines = 0;
  let hasEnded = false;
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent({ data }) {
      hasEnded = true;
      // The parser limits events that are incomplete; events that come whole are measured here.
      if (data.length > maxEventBytes) throw new RangeError('an event exceeds the limit');
      onData(data);
    },
    onError(error) {
      // Unknown fields and malformed retry lines must be ignored
      // (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation); only the size limit is
      // final.
      if (error.type === 'max-buffer-size-exceeded') throw new RangeError(error.message);
    },
  });

  function parse(bytes: Buffer): void {
    hasEnded = false;
    parser.feed(decoder.write(bytes));
    // Nearly every read holds an event's end, and is too short to exceed the limit: it needs no count.
    dataLines = hasEnded ? 0 : dataLines + countDataLines(bytes);
    if (dataLines > maxEventLines) throw new RangeError('an event has too many lines');
  }

  return {
    feed(bytes) {
      const whole = endOfLines(bytes);
      if (whole > 0) {
        const lines = whole === bytes.length ? bytes : bytes.subarray(0, whole);
        parse(begun.length === 0 ? lines : Buffer.concat([begun.take(), lines]));
      }
      if (whole < bytes.length) begun.add(bytes.subarray(whole));
    },
    end() {
      parse(begun.take());
      parser.feed(`${decoder.end()}\n\n`);
    },
  };
}

/** The length of the lines whose end is there. */
function endOfLines(bytes: Buffer): number {
  const end = bytes.lastIndexOf(lineFeed) + 1;
  // A bare carriage return ends a line too.
  return end < bytes.length && bytes.includes(carriageReturn, end) ? bytes.length : end;
}

function countDataLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(dataLine); at >= 0; at = bytes.indexOf(dataLine, at + dataLine.length)) count += 1;
  return count;
}
