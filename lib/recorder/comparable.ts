/**
 * What a client got, in a form in which two answers to the same request are equal: what each answer makes anew is replaced. All
 * that is known to be fresh stands here.
 */
import { bytesOf, type Capture } from './capture.ts';
import { Redactor } from './redaction.ts';

export interface ClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** The headers that belong to the answer; the others tell of the server and the moment. */
const comparedHeaders = ['content-type', 'x-opencompat-ignored'];
/** Ids of answers, items and calls: numbered in their order, so that what belongs together still does. */
const freshId = /\b(chatcmpl|cmpl|resp|msg|rs|fc|ctc|call|toolu|ws|ig|req)[-_][\w-]{6,}/g;
/** Letters that stand for a secret; each capture has its own (redaction.ts). */
const mask = /redacted[a-p]+/g;
/** Times and durations of answers, also Ollama's in words, and noise against reading lengths. */
const freshFields =
  /("(?:created|created_at|completed_at|total_duration|load_duration|prompt_eval_duration|eval_duration|obfuscation|system_fingerprint)"\s*:\s*)(?:"[^"]*"|-?[\d.]+)/g;
/** Sent while an upstream is silent. */
const keepalive = /^: .*\n/gm;

export function answerOf(capture: Capture): ClientAnswer {
  const { status = 0, headers = {} } = capture.first('client.head') ?? {};
  return { status, headers, body: capture.clientBytes.toString() };
}

/** The answer as text, line by line. */
export function toComparable({ status, headers, body }: ClientAnswer): string {
  const ids = new Map<string, string>();
  const told = comparedHeaders.filter((name) => headers[name] !== undefined);
  const numbered = new Redactor()
    .text(body)
    .replace(keepalive, '')
    .replace(freshFields, '$1"(fresh)"')
    .replace(mask, '(redacted)')
    .replace(freshId, (id, kind: string) => {
      if (!ids.has(id)) ids.set(id, `${kind}-${ids.size + 1}`);
      return ids.get(id)!;
    });
  return [`HTTP ${status}`, ...told.map((name) => `${name}: ${String(headers[name])}`), '', indent(numbered)].join(
    '\n',
  );
}

/** An answer in one piece is one line of JSON, in which a difference is hard to see. */
function indent(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** What the connection and this server's own keys make of a request. */
const ownHeaders =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|accept-encoding|expect|upgrade|authorization|x-api-key|cookie|x-opencompat-record|sec-websocket-.*)$/;

/** The client's request, to be sent again. Undefined: the capture has none that can be. */
export function requestAgain(
  capture: Capture,
): { method: string; path: string; headers: Record<string, string>; body: Buffer | undefined } | undefined {
  const request = capture.first('client.request');
  if (!request || request.headers.upgrade !== undefined) return undefined;
  const { method, path } = request;
  const headers = Object.entries(request.headers)
    .filter(([name]) => !ownHeaders.test(name))
    .map(([name, value]) => [name, [value].flat().join(', ')]);
  const body = bytesOf(request);
  return { method, path, headers: Object.fromEntries(headers), body: body.length > 0 ? body : undefined };
}
