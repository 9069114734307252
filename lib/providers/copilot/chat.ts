/** Canonical request → the body of Copilot's `/chat/completions`, which Claude, Gemini and older GPT models have. Pure. */
import { type ChatBodyOptions, toChatBody } from '../../apis/chat-completions/upstream-request.ts';
import { restoreCustomCalls } from '../../apis/chat-completions/upstream-tools.ts';
import { ignoreOthers } from '../../canonical/ignored.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { collectToolNames, inTurn, mapToolNames, renameTools } from '../tool-names.ts';
import { toReasoningEffort } from './effort.ts';
import { type CopilotBody, type CopilotBodyContext, toParallelToolCalls } from './responses.ts';

/** Most stop sequences that OpenAI's API takes. */
const maxStops = 4;
/** In the order in which they are tried. */
const limitFields = ['max_tokens', 'max_completion_tokens'] as const;

/** Fields for OpenAI's own storage, billing or routing: useless here, and other vendors' models may refuse them. */
const foreign = [
  'metadata',
  'moderation',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
];
const nothing: ReadonlySet<string> = new Set();

/** @throws OpenCompatError as `toChatBody` */
export function toCopilotChatBody(asked: CanonicalRequest, context: CopilotBodyContext): CopilotBody {
  const { model, ignore } = context;
  const { extra, ...known } = asked;
  ignoreOthers({ extra }, nothing, ignore);
  const names = mapToolNames(collectToolNames(known));
  const request = renameTools(known, names);
  const omit = new Set([...foreign, ...context.omit]);
  const maxTokensField = limitFields.find((field) => !omit.has(field));
  const honoursStop = (request.stop?.length ?? 0) <= maxStops && !omit.has('stop');
  const effort = toReasoningEffort(request, context);
  const limit = request.max_output_tokens;
  const options: ChatBodyOptions = {
    model: model.id,
    ignore,
    maxTokensField,
    source: { provider: model.provider.name, model: model.id },
    reasoningField: 'reasoning_text',
    omit,
  };
  const body = toChatBody(
    {
      ...request,
      reasoning: effort === undefined ? undefined : { ...request.reasoning, effort },
      parallel_tool_calls: toParallelToolCalls(request, context),
      stop: honoursStop ? request.stop : undefined,
      max_output_tokens: maxTokensField && limit ? Math.min(limit, model.info.maxOutputTokens ?? limit) : undefined,
    },
    options,
  );
  return {
    body,
    restoreEvent: inTurn(restoreCustomCalls(request, options), names.restoreEvent),
    honours: [...(honoursStop ? (['stop'] as const) : []), ...(maxTokensField ? (['max_output_tokens'] as const) : [])],
  };
}
