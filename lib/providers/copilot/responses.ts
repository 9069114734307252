/** Canonical request → the body of Copilot's `/responses`: OpenAI's API, with nothing stored. Pure. */

import { toToolParameters } from '../../apis/tool-parameters.ts';
import { settleAsyncCalls } from '../../canonical/async-calls.ts';
import { ignoreOthers, refuseKeptState } from '../../canonical/ignored.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { BuildContext, UpstreamRequest } from '../provider.ts';
import { type Loose, pick, toBackendFormat, toBackendItem } from '../responses-input.ts';
import { collectToolNames, mapToolNames, renameTools, type ToolNames, toAcceptedId } from '../tool-names.ts';
import type { CopilotConfig } from './config.ts';
import { toReasoningEffort } from './effort.ts';
import { copilotTitle as title } from './names.ts';

/** The fields read below; all others that a client asked for are reported to it as ignored. */
const taken: ReadonlySet<string> = new Set([
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_p',
  'truncation',
]);

const encryptedReasoning = 'reasoning.encrypted_content';
/** OpenAI's API takes no smaller limit. */
const minOutputTokens = 16;

/** For items that already have the backend's names. */
const unchanged: ToolNames = { toBackend: (name) => name };

export interface CopilotBodyContext extends Pick<BuildContext, 'model' | 'ignore'> {
  config: Pick<CopilotConfig, 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
  /** Fields that the model has refused. */
  omit: ReadonlySet<string>;
}

export interface CopilotBody extends Pick<UpstreamRequest, 'restoreEvent' | 'honours'> {
  body: Record<string, unknown>;
}

/**
 * @throws OpenCompatError for what cannot be left out without lying: references to stored items, content that no backend
 * takes. Tools that run upstream are left to the backend to judge.
 */
export function toResponsesBody(asked: CanonicalRequest, context: CopilotBodyContext): CopilotBody {
  const { model, omit, ignore } = context;
  refuseKeptState(asked, title);
  ignoreOthers(asked, taken, ignore);

  const names = mapToolNames(collectToolNames(asked));
  const request = settleAsyncCalls(renameTools(asked, names));
  const limit = toLimit(request.max_output_tokens, model.info.maxOutputTokens);
  const fields: Record<string, unknown> = {
    instructions: request.instructions || undefined,
    input: request.input
      .map((item, index) => toBackendItem(item, index, unchanged, title))
      .filter((item) => item !== undefined),
    tools: request.tools?.length ? request.tools.map((tool) => toTool(tool as unknown as Loose)) : undefined,
    tool_choice: request.tools?.length ? request.tool_choice : undefined,
    parallel_tool_calls: toParallelToolCalls(request, context),
    reasoning: toReasoning(request, context),
    text: toText(request, context),
    include: toInclude(request, context),
    max_output_tokens: limit,
    temperature: request.temperature,
    top_p: request.top_p,
    truncation: request.truncation,
    prompt_cache_key: request.prompt_cache_key && toAcceptedId(request.prompt_cache_key),
  };
  const body: Record<string, unknown> = { model: model.id };
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    if (!omit.has(field)) body[field] = value;
    else if (field !== 'max_output_tokens' && field in request) ignore(field);
  }
  body.store = false;
  body.stream = true;
  return {
    body,
    restoreEvent: names.restoreEvent,
    honours: body.max_output_tokens === undefined ? [] : ['max_output_tokens'],
  };
}

/** Undefined: it is emulated here instead of sent. The model's own limit holds anyway. */
function toLimit(asked: number | null | undefined, most: number | undefined): number | undefined {
  if (!asked || asked < minOutputTokens) return undefined;
  return most === undefined ? asked : Math.min(asked, most);
}

/** Client tools with the fields that the API knows; server tools whole, for the backend to judge. */
function toTool(tool: Loose): Loose {
  if (tool.type === 'custom') return pick(tool, ['type', 'name', 'description', 'format']);
  if (tool.type !== 'function') return tool;
  const parameters = toToolParameters(tool.parameters, { hasReferences: true });
  return { ...pick(tool, ['type', 'name', 'description', 'strict']), parameters };
}

export function toParallelToolCalls(
  request: CanonicalRequest,
  { model, ignore }: Pick<CopilotBodyContext, 'model' | 'ignore'>,
): boolean | undefined {
  const { parallel_tool_calls: asked, tools } = request;
  if (!tools?.length) return undefined;
  if (!asked || model.info.hasParallelToolCalls !== false) return asked ?? undefined;
  ignore('parallel_tool_calls');
  return undefined;
}

function toReasoning(request: CanonicalRequest, context: CopilotBodyContext): Loose | undefined {
  const effort = toReasoningEffort(request, context);
  if (effort === undefined) return undefined;
  const summary = request.reasoning?.summary ?? context.config.reasoningSummary;
  return { effort, ...(summary !== 'none' && effort !== 'none' && { summary }) };
}

function toText({ text }: CanonicalRequest, { model, config }: CopilotBodyContext): Loose | undefined {
  // The configured `medium` is the API's default anyway.
  const usual = model.info.efforts.length > 0 && config.textVerbosity !== 'medium' ? config.textVerbosity : undefined;
  const verbosity = text?.verbosity ?? usual;
  const format = toBackendFormat(text?.format as Loose | undefined);
  return verbosity || format ? { ...(verbosity && { verbosity }), ...(format && { format }) } : undefined;
}

function toInclude({ include }: CanonicalRequest, { model, ignore }: CopilotBodyContext): string[] | undefined {
  if (include?.some((name) => name !== encryptedReasoning)) ignore('include');
  return model.info.efforts.length > 0 || include?.includes(encryptedReasoning) ? [encryptedReasoning] : undefined;
}
