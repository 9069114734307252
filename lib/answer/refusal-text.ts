import type { UpstreamAnswer } from '../providers/provider.ts';
import { type ReaderOptions, UpstreamReader } from './upstream-reader.ts';

/** Most bytes of a refusal that are read. */
const maxRefusalBytes = 65_536;

/** Reads the text of a refusal, as far as it comes within `idleTimeoutMs` in total. Never throws. */
export async function readRefusalText(answer: UpstreamAnswer, options: ReaderOptions): Promise<string> {
  const reader = new UpstreamReader(answer, options);
  const parts: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => reader.cut(), options.idleTimeoutMs);
  try {
    await reader.read({
      take(part) {
        parts.push(part);
        bytes += part.length;
        if (bytes >= maxRefusalBytes) reader.cut();
      },
      end: () => reader.finish(),
    });
  } catch {
    // A broken-off refusal still has its status, and perhaps enough of its text.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts).toString('utf8', 0, maxRefusalBytes);
}
