import type { UpstreamAnswer } from '../providers/provider.ts';

/** As much of an error answer as is looked at. */
const maxErrorBytes = 65_536;

/** The text of an answer that is a refusal: as much of it as comes within a time. Never throws. */
export async function readErrorBody(answer: UpstreamAnswer, limitMs: number, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const letGo = () => answer.destroy();
  const timer = setTimeout(letGo, limitMs);
  signal.addEventListener('abort', letGo);
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= maxErrorBytes) break;
    }
  } catch {
    // A broken-off error answer still has its status, and perhaps enough of its text.
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', letGo);
  }
  return Buffer.concat(parts).toString('utf8', 0, maxErrorBytes);
}
