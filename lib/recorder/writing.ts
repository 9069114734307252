/** Writes what was recorded of an exchange as a capture, without its secrets. */
import { version } from '../version.ts';
import {
  type CapturedContent,
  type CapturedHeaders,
  captureVersion,
  type LineOf,
  type RecordReason,
  toCapturedBytes,
} from './capture.ts';
import type { EndedRecording, RawLine } from './recording.ts';
import { Redactor } from './redaction.ts';

/** What is written of the bytes of a line. */
interface CleanedContent extends CapturedContent {
  /** The client got what this upstream request brought. */
  readonly sameAs?: unknown;
  readonly reads?: readonly (readonly [ms: number, bytes: number])[];
}

/** Requests that wait go between its texts. */
export async function writeCapture(
  recording: EndedRecording,
  reason: RecordReason,
  keepsFiles: boolean,
): Promise<string> {
  const redactor = new Redactor({ keepsFiles });
  const { lines } = recording;
  for (const { headers } of lines) if (headers) redactor.learn(headers as CapturedHeaders);
  const head: LineOf<'capture'> = {
    at: 'capture',
    version: captureVersion,
    program: version,
    // It leads to the request's row and log lines, and opens nothing, though it may be a UUID.
    id: recording.id,
    startedAt: new Date(recording.startedAtMs).toISOString(),
    reason,
  };
  const changes = cleanEvents(lines, redactor);
  const upstreams = lines.filter(({ at }) => at === 'upstream.bytes');
  const texts = [JSON.stringify(head)];
  for (const line of lines) {
    const cleaned = line.reads ? streamOf(line, upstreams, redactor) : contentOf(line, changes, redactor);
    texts.push(JSON.stringify({ ...cleanFields(line, redactor), ...cleaned }));
    if (line.reads) await new Promise(setImmediate);
  }
  return `${texts.join('\n')}\n`;
}

/** Those of one transform are one text, in which a secret may stand across two events. */
function cleanEvents(lines: readonly RawLine[], redactor: Redactor): Map<RawLine, Buffer> {
  const cleaned = new Map<RawLine, Buffer>();
  const events = lines.filter(({ at }) => at === 'event');
  for (const group of Map.groupBy(events, ({ choice, transform }) => `${choice} ${transform}`).values()) {
    const pieces = redactor.pieces(group.map(({ bytes }) => bytes!));
    for (const [index, line] of group.entries()) cleaned.set(line, pieces[index]!);
  }
  return cleaned;
}

function contentOf(line: RawLine, changes: Map<RawLine, Buffer>, redactor: Redactor): object {
  if (line.at === 'event') return JSON.parse(changes.get(line)!.toString());
  if (!line.bytes) return {};
  const [bytes] = redactor.pieces([line.bytes]) as [Buffer];
  return line.at === 'canonical' ? { request: JSON.parse(bytes.toString()) } : toCapturedBytes(bytes);
}

function streamOf(
  { at, reads = [], readsMs = [] }: RawLine,
  upstreams: readonly RawLine[],
  redactor: Redactor,
): CleanedContent {
  const same = at === 'client.bytes' ? upstreams.find((upstream) => isSame(upstream.reads!, reads)) : undefined;
  const { content, lengths } = same
    ? { content: { sameAs: same.n }, lengths: reads.map(({ length }) => length) }
    : redactor.bytes(reads);
  return lengths.length === 1
    ? content
    : { ...content, reads: lengths.map((length, index) => [readsMs[index]!, length]) };
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  const sum = (reads: readonly Buffer[]) => reads.reduce((total, { length }) => total + length, 0);
  return sum(one) === sum(other) && Buffer.concat(one).equals(Buffer.concat(other));
}

function cleanFields(line: RawLine, redactor: Redactor): object {
  const { bytes: _bytes, reads: _reads, readsMs: _readsMs, headers, path, url, at, ms, ...fields } = line;
  return {
    at,
    ms,
    ...(redactor.json(fields) as object),
    ...(path !== undefined && { path: redactor.path(path as string) }),
    ...(url !== undefined && { url: redactor.path(url as string) }),
    ...(headers !== undefined && { headers: redactor.headers(headers as CapturedHeaders) }),
  };
}
