/** Copilot's `/v1/messages`, Anthropic's API: a client's own request, passed on with another model in it. Pure. */
import type { UpstreamApi } from '../../apis/api.ts';
import type { CanonicalUsage } from '../../canonical.ts';
import { asObject, type Json } from '../../lenient-json.ts';
import type { RawRequest } from '../provider.ts';

/** Name of the client API whose requests can be passed on. */
export const messagesApi = 'messages';

export function toMessagesBody({ body }: RawRequest, model: string, omit: ReadonlySet<string>): Json {
  const kept = Object.entries(body).filter(([field]) => !omit.has(field));
  return { ...Object.fromEntries(kept), model };
}

/** Its answers are passed on as they come; nothing here reads more than what they cost. */
export const messagesUpstream: UpstreamApi = {
  name: messagesApi,
  title: 'Messages',
  createDecoder: () => ({
    decode() {
      throw new SyntaxError('an answer in another form than was asked for');
    },
    end() {},
  }),
  readUsage,
};

/** From a whole message, or from the `message_delta` at the end of a stream. What was cached is no part of `input_tokens`. */
function readUsage({ usage }: Json): CanonicalUsage | undefined {
  const told = asObject(usage);
  if (!told) return undefined;
  const cached = toCount(told.cache_read_input_tokens);
  const written = toCount(told.cache_creation_input_tokens);
  const input = toCount(told.input_tokens) + cached + written;
  const output = toCount(told.output_tokens);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  } as CanonicalUsage;
}

function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
