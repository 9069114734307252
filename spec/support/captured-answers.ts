/** The answers of the upstreams in a capture (`opencompat show` lists them), for a fake upstream to give again. */
import { readFileSync } from 'node:fs';
import { bytesOf, type CapturedHeaders, parseCapture } from '../../lib/recorder/capture.ts';

export interface CapturedAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** As it was read, piece by piece. */
  readonly pieces: readonly Buffer[];
  /** Did it end as it should? */
  readonly isWhole: boolean;
}

/** What tells of the connection, of the coding, and of the moment. */
const ownHeaders = /^(?:connection|keep-alive|transfer-encoding|content-length|content-encoding|date|set-cookie)$/;

/** In the order of their requests, but for those that never came. @throws CaptureError; Error where none is of the API */
export function readCapturedAnswers(file: string | URL, api: string): CapturedAnswer[] {
  const answers = parseCapture(readFileSync(file, 'utf8')).upstreamAnswers.filter(({ head }) => head !== undefined);
  const others = new Set(answers.map(({ request }) => request.api ?? 'responses').filter((name) => name !== api));
  if (answers.length === 0) throw new Error(`${file} holds no answer of an upstream`);
  if (others.size > 0)
    throw new Error(
      `${file} is of an upstream that speaks ${[...others].join()}, and this fake speaks ${api}: give its folder to a provider of type 'replay'`,
    );
  return answers.map(({ head, reads, end }) => ({
    status: head!.status,
    headers: toHeaders(head!.headers),
    pieces: reads.map(bytesOf),
    isWhole: end?.how === 'end',
  }));
}

function toHeaders(headers: CapturedHeaders): Record<string, string> {
  const told = Object.entries(headers).filter(([name]) => !ownHeaders.test(name));
  return Object.fromEntries(told.map(([name, value]) => [name, [value].flat().join(', ')]));
}
