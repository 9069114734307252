/** Cuts the bytes of a stream into its events, wherever the reads split them. */

export interface CutHandler {
  /** A whole event: of SSE the lines without its blank line and without an id; of NDJSON the line without its end. */
  onEvent(event: Buffer): void;
  /** What is no event and keeps a connection awake: an SSE comment, an empty line. */
  onAwake(bytes: Buffer): void;
}

export interface EventCutter {
  /** @throws RangeError when an event exceeds `maxEventBytes` */
  feed(bytes: Buffer): void;
  /** The stream has ended: an event without its end still counts. */
  end(): void;
}

export interface EventCutterOptions extends CutHandler {
  /** Is every line an event (NDJSON)? Else an event ends at a blank line (SSE). */
  isByLine: boolean;
  maxEventBytes: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
/** The field is the server's own to set (https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage). */
const idField = /^id(:|$)/;

export function createEventCutter(options: EventCutterOptions): EventCutter {
  const { isByLine, maxEventBytes, onEvent, onAwake } = options;
  /** Reads that hold the beginning of a line whose end has not come. */
  let begun: Buffer[] = [];
  let lines: Buffer[] = [];
  let eventBytes = 0;

  function count(bytes: number): void {
    eventBytes += bytes;
    if (eventBytes > maxEventBytes) throw new RangeError('an event exceeds the limit');
  }

  function finishEvent(): void {
    if (lines.length > 0) onEvent(Buffer.concat(lines));
    lines = [];
    eventBytes = 0;
  }

  /** @param line with its line feed */
  function takeLine(line: Buffer): void {
    const end = line.length - (line.at(-2) === carriageReturn ? 2 : 1);
    if (isByLine) {
      eventBytes = 0;
      if (end > 0) onEvent(Buffer.from(line.subarray(0, end)));
      else onAwake(line);
    } else if (end === 0) finishEvent();
    else if (line[0] === colon) onAwake(line);
    else if (!idField.test(line.toString('latin1', 0, Math.min(end, 3)))) lines.push(line);
  }

  return {
    feed(bytes) {
      let from = 0;
      for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
        const part = bytes.subarray(from, at + 1);
        count(part.length);
        const line = begun.length === 0 ? part : Buffer.concat([...begun, part]);
        begun = [];
        from = at + 1;
        takeLine(line);
      }
      if (from === bytes.length) return;
      count(bytes.length - from);
      begun.push(bytes.subarray(from));
    },
    end() {
      if (begun.length > 0) takeLine(Buffer.concat([...begun.splice(0), Buffer.from('\n')]));
      finishEvent();
    },
  };
}
