/** Bodies for upstreams of Anthropic's Messages API: the client's own where it may be passed on, else a translated one. Pure. */
import { restoreCustomCalls } from '../apis/chat-completions/upstream-tools.ts';
import { type MessagesBodyOptions, toInputSchema, toMessagesBody } from '../apis/messages/upstream-request.ts';
import { withTruePictures } from '../apis/pictures.ts';
import type { CanonicalRequest } from '../canonical/types.ts';
import { asObject, type Json } from '../lenient-json.ts';
import type { BuildContext, RawRequest, UpstreamRequest } from './provider.ts';
import { collectToolNames, inTurn, mapToolNames, renameTools } from './tool-names.ts';

/** What a body depends on besides the request. */
export interface MessagesBodyContext extends Pick<BuildContext, 'model' | 'ignore'> {
  /** What the model has refused. */
  omit: ReadonlySet<string>;
}

/**
 * Is the client's own request passed on, with another model in it? Not where an effort has to be put in, or where names of
 * tools that the model has refused have to be mapped, there and back.
 */
export function isPassedOn(
  raw: BuildContext['raw'],
  effort: BuildContext['model']['effort'],
  request: CanonicalRequest,
  omit: ReadonlySet<string>,
): boolean {
  if (raw?.api !== 'messages' || effort !== undefined) return false;
  return !omit.has('names') || mapToolNames(collectToolNames(request)).restoreEvent === undefined;
}

export function withModel({ body }: RawRequest, { model, omit, ignore }: MessagesBodyContext): Json {
  const kept: Json = { ...body, model: model.id };
  if (Array.isArray(body.messages)) kept.messages = withTruePictures(body.messages);
  if (omit.has('schemas') && Array.isArray(body.tools)) kept.tools = body.tools.map(withPlainSchema);
  const { maxOutputTokens } = model.info;
  // SDKs ask for as many tokens as Anthropic's own model of the name gives.
  if (maxOutputTokens && Number(kept.max_tokens) > maxOutputTokens) kept.max_tokens = maxOutputTokens;
  for (const field of omit) {
    if (!Object.hasOwn(kept, field)) continue;
    delete kept[field];
    ignore(field);
  }
  return kept;
}

function withPlainSchema(tool: unknown): unknown {
  const given = asObject(tool);
  if (given?.input_schema === undefined) return tool;
  return { ...given, input_schema: toInputSchema(given.input_schema) };
}

/** For clients of other APIs. @throws OpenCompatError as `toMessagesBody` */
export function toTranslatedMessages(
  asked: CanonicalRequest,
  { model, omit, ignore, ...thinking }: MessagesBodyContext & Pick<MessagesBodyOptions, 'thinking' | 'defaultEffort'>,
): { body: Json } & Pick<UpstreamRequest, 'restoreEvent' | 'honours'> {
  const names = mapToolNames(collectToolNames(asked));
  const request = renameTools(asked, names);
  // Anthropic refuses stop sequences of white space only.
  const honoursStop = !omit.has('stop_sequences') && !request.stop?.some((sequence) => sequence.trim() === '');
  const sent = honoursStop ? request : { ...request, stop: undefined };
  return {
    body: toMessagesBody(sent, {
      model: model.id,
      ignore,
      omit,
      maxOutputTokens: model.info.maxOutputTokens,
      ...thinking,
    }),
    restoreEvent: inTurn(restoreCustomCalls(request, {}), names.restoreEvent),
    honours: honoursStop ? ['stop', 'max_output_tokens'] : ['max_output_tokens'],
  };
}
