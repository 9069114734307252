/**
 * Whole Responses streams: the recordings in the folder named by OPENCOMPAT_RECORDED_STREAMS (`resp-*.sse` and
 * `syn-*.sse`); without it our own fixtures.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { decodeEvents, splitAnswers } from './response-events.ts';

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;
const folder = recordings || fileURLToPath(new URL('../fixtures/responses', import.meta.url));
const pattern = recordings ? /^(resp|syn)-.*\.sse$/ : /\.sse$/;

export interface RecordedAnswer {
  title: string;
  /** As it was sent. */
  text: string;
  events: CanonicalEvent[];
}

/** @throws when there are none */
export function listRecordedAnswers(): RecordedAnswer[] {
  const answers = readdirSync(folder)
    .filter((name) => pattern.test(name))
    .flatMap((file) =>
      splitText(readFileSync(join(folder, file), 'utf8')).map((text, index, all) => ({
        title: all.length > 1 ? `${file} (answer ${index + 1})` : file,
        text,
        events: decodeEvents(text),
      })),
    );
  if (answers.length === 0) throw new Error(`no streams in ${folder}`);
  return answers;
}

/** The answers of a recording: it may hold several, one after another. */
function splitText(text: string): string[] {
  const blocks = text.split(/(?<=\n\n)/);
  const answers = splitAnswers(blocks.map((block) => decodeEvents(block)[0] ?? ({ type: 'comment' } as never)));
  return answers.map(({ length }) => blocks.splice(0, length).join(''));
}

export function isFailure(events: readonly CanonicalEvent[]): boolean {
  return events.some(({ type }) => type === 'response.failed' || type === 'error');
}
