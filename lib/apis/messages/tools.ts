/** Anthropic's tools and tool choice → canonical ones. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';
import type { RequestContext } from '../api.ts';
import { toSearchLocation } from '../search-location.ts';
import { findClientTool } from './client-tools.ts';
import type { MessagesRequest, Tool } from './schema.ts';
import { isStrictSchema } from './strict-schema.ts';

type CanonicalTool = NonNullable<CanonicalRequest['tools']>[number];

const maxQuotedLength = 100;

const webSearch = /^web_search_\d{8}$/;

/** @throws OpenCompatError for a tool that is not served here, and for an impossible choice */
export function addTools(body: MessagesRequest, request: CanonicalRequest, { ignore }: RequestContext): void {
  const offered = listTools(body);
  const tools = offered.map(({ tool, param }) => toTool(tool, param, ignore));
  for (const mark of toolMarks) if (offered.some(({ tool }) => isMarked(tool[mark]))) ignore(`tools.${mark}`);
  const choice = body.tool_choice;
  if (tools.length === 0) {
    if (choice?.type === 'any' || choice?.type === 'tool') {
      const reason = "Invalid 'tool_choice': choosing a tool requires 'tools'.";
      throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'tool_choice' });
    }
    return;
  }
  request.tools = tools;
  const search = offered.find(({ tool }) => webSearch.test(tool.type ?? ''))?.tool;
  if (search) request.include = ['web_search_call.action.sources'];
  if (search?.max_uses != null) request.max_tool_calls = search.max_uses;
  if (!choice) return;
  request.tool_choice = toToolChoice(choice, tools);
  if (choice.disable_parallel_tool_use) request.parallel_tool_calls = false;
}

/** Marks of a tool that only Anthropic's servers heed. */
const toolMarks = ['allowed_callers', 'defer_loading', 'input_examples'] as const satisfies (keyof Tool)[];

function isMarked(value: unknown): boolean {
  return Array.isArray(value) ? value.some((each) => each !== 'direct') : value === true;
}

interface OfferedTool {
  tool: Tool;
  /** Where it stands in the request. */
  param: string;
  isOffered: boolean;
}

/** The tools that the model has at the end of the conversation: system messages in it may add some and take some away. */
function listTools({ tools, messages }: Pick<MessagesRequest, 'tools' | 'messages'>): OfferedTool[] {
  const byName = new Map<string, OfferedTool>();
  const add = (tool: Tool, param: string) => byName.set(tool.name ?? param, { tool, param, isOffered: true });
  tools?.forEach((tool, index) => {
    add(tool, `tools[${index}]`);
  });
  messages.forEach(({ role, content }, index) => {
    if (role !== 'system' || !Array.isArray(content)) return;
    content.forEach((block, place) => {
      if (block.type === 'text' || !block.tool) return;
      const isOffered = block.type === 'tool_addition';
      if (block.tool.type === 'tool_definition') {
        if (isOffered) add(block.tool.definition, `messages[${index}].content[${place}].tool.definition`);
        return;
      }
      const known = byName.get(block.tool.name);
      if (known) known.isOffered = isOffered;
    });
  });
  return [...byName.values()].filter(({ isOffered }) => isOffered);
}

function toTool(tool: Tool, param: string, ignore: RequestContext['ignore']): CanonicalTool {
  if (tool.type == null || tool.type === 'custom') return toFunction(tool, param);
  const known = findClientTool(tool);
  if (known) return { type: 'function', name: nameOf(tool, param), ...known, strict: false };
  if (webSearch.test(tool.type)) return toWebSearch(tool, ignore);
  throw new OpenCompatError(
    'OC_TOOL_NOT_SUPPORTED',
    { tool: tool.type.slice(0, maxQuotedLength) },
    { param: `${param}.type` },
  );
}

function nameOf({ name }: Tool, param: string): string {
  if (name === undefined) throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: `${param}.name` });
  return name;
}

function toFunction(tool: Tool, param: string): CanonicalTool {
  if (tool.input_schema === undefined)
    throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: `${param}.input_schema` });
  const { $schema: _dialect, ...schema } = asObject(tool.input_schema) ?? {};
  return {
    type: 'function',
    name: nameOf(tool, param),
    ...(tool.description != null && { description: tool.description }),
    // Upstreams refuse an object schema without `properties`, as MCP servers send it for tools without arguments.
    parameters: { type: 'object', properties: {}, ...schema },
    strict: tool.strict === true && isStrictSchema(schema),
  };
}

function toWebSearch(tool: Tool, ignore: RequestContext['ignore']): CanonicalTool {
  const { allowed_domains, blocked_domains, user_location } = tool;
  if (blocked_domains?.length) ignore('tools.blocked_domains');
  return {
    type: 'web_search',
    ...(allowed_domains?.length && { filters: { allowed_domains } }),
    ...(user_location && { user_location: toSearchLocation(user_location) }),
  };
}

function toToolChoice(
  { type, name }: NonNullable<MessagesRequest['tool_choice']>,
  tools: readonly CanonicalTool[],
): CanonicalRequest['tool_choice'] {
  switch (type) {
    case 'auto':
    case 'none':
      return type;
    case 'any':
      return 'required';
    case 'tool': {
      if (name === undefined) throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'tool_choice.name' });
      if (tools.some((tool) => tool.type === 'function' && tool.name === name)) return { type: 'function', name };
      // Anthropic's own search has a fixed name.
      if (name === 'web_search' && tools.some((tool) => tool.type === 'web_search')) {
        return { type: 'web_search' } as unknown as CanonicalRequest['tool_choice'];
      }
      const reason = `Invalid 'tool_choice.name': there is no tool '${name.slice(0, maxQuotedLength)}' in 'tools'.`;
      throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'tool_choice.name' });
    }
  }
}
