/** The OpenAI Completions API, as upstreams speak it. Its answers are passed on; those that are not as asked for become events. */
import { asObject } from '../../lenient-json.ts';
import type { UpstreamApi } from '../api.ts';
import { chatUpstream } from '../chat-completions/decoder.ts';

export const completionsUpstream: UpstreamApi = {
  ...chatUpstream,
  name: 'completions',
  title: 'Completions',
  createDecoder(options) {
    const decoder = chatUpstream.createDecoder(options);
    return {
      decode: (data) => decoder.decode(data.trim() === '[DONE]' ? data : JSON.stringify(toChunk(JSON.parse(data)))),
      end: () => decoder.end(),
    };
  },
};

/** Its chunks are those of Chat Completions but for the place of the text. */
function toChunk(given: unknown): unknown {
  const chunk = asObject(given);
  if (!Array.isArray(chunk?.choices)) return given;
  const choices = chunk.choices.map(asObject).map((choice) => ({
    index: choice?.index ?? 0,
    delta: { content: choice?.text ?? '' },
    finish_reason: choice?.finish_reason ?? null,
  }));
  return { ...chunk, object: 'chat.completion.chunk', choices };
}
