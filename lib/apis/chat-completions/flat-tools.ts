/** Flattens tools in namespaces (Codex groups the tools of MCP servers so) for APIs with one list of tools. */
import { createHash } from 'node:crypto';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';

type Tool = NonNullable<CanonicalRequest['tools']>[number];

export interface FlatTool<T extends Tool = Tool> {
  tool: T;
  /** Where it stands in the request. */
  param: string;
  namespace?: string;
  /** Its name in the flat list, unique there; in the request a name is unique only within its namespace. */
  name: string;
}

/** Longest name that servers take, in characters. */
const maxNameCharacters = 64;
const hashCharacters = 10;

export function toFlatName(namespace: unknown, name: string): string {
  if (typeof namespace !== 'string' || namespace === '') return name;
  const flat = `${namespace}__${name}`;
  if (flat.length <= maxNameCharacters) return flat;
  const hash = createHash('sha256').update(flat).digest('hex').slice(0, hashCharacters);
  return `${flat.slice(0, maxNameCharacters - 1 - hashCharacters)}_${hash}`;
}

export function flattenTools(tools: CanonicalRequest['tools'] | null): FlatTool[] {
  return (tools ?? []).flatMap((tool, index): FlatTool[] => {
    const param = `tools[${index}]`;
    if (tool.type !== 'namespace' || !Array.isArray(tool.tools)) return [{ tool, param, name: nameOf(tool) }];
    const namespace = tool.name;
    return tool.tools.map((inner, place) => ({
      tool: inner as Tool,
      param: `${param}.tools[${place}]`,
      namespace,
      name: toFlatName(namespace, inner.name),
    }));
  });
}

export type CallableTool = Extract<Tool, { type: 'function' | 'custom' }>;

/** Server tools that agents offer by habit, and that need nothing of the client's: leaving them out does no harm. */
const dispensable = /^(?:web_search|image_generation)/;

/**
 * The tools that the client runs, for APIs without server tools. Web search and image generation, which a server runs, are left
 * out and reported as ignored if the model keeps other tools and need not use these.
 * @throws OpenCompatError OC_TOOL_NOT_SUPPORTED for all other server tools
 */
export function toCallableTools(
  { tools, tool_choice }: Pick<CanonicalRequest, 'tools' | 'tool_choice'>,
  ignore: (param: string) => void,
): FlatTool<CallableTool>[] {
  const flat = flattenTools(tools);
  const callable = flat.filter(isCallable);
  const isNeeded = dispensable.test(String(asObject(tool_choice)?.type));
  for (const { tool, param } of flat) {
    const type = String(tool.type);
    if (type === 'function' || type === 'custom') continue;
    if (callable.length === 0 || isNeeded || !dispensable.test(type)) {
      throw new OpenCompatError('OC_TOOL_NOT_SUPPORTED', { tool: type.slice(0, 100) }, { param: `${param}.type` });
    }
    ignore(param);
  }
  return callable;
}

function isCallable(flat: FlatTool): flat is FlatTool<CallableTool> {
  return flat.tool.type === 'function' || flat.tool.type === 'custom';
}

/** Does `allowed_tools` name the tool: by its own name, with or without its namespace, or by its namespace's? */
export function isAllowed({ name, namespace, tool }: FlatTool<CallableTool>, names: ReadonlySet<unknown>): boolean {
  return names.has(name) || (namespace !== undefined && (names.has(namespace) || names.has(tool.name)));
}

function nameOf(tool: Tool): string {
  return 'name' in tool && typeof tool.name === 'string' ? tool.name : '';
}

/** Describes a custom tool's input in words: no grammar binds a function with one text, so the model must be told. */
export function describeCustomInput({ format }: Pick<Extract<Tool, { type: 'custom' }>, 'format'>): string {
  if (format?.type !== 'grammar') return 'Plain text.';
  return `Plain text that follows this ${format.syntax} grammar:\n${format.definition}`;
}
