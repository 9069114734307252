/** Tools in namespaces (Codex groups those of MCP servers so), for APIs whose tools stand in one list. */
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
  /** What it is called in the list: unique, where the names of a namespace are only so within it. */
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

/** What agents offer beside their own tools, whether or not they will need it, and what refers to nothing of the client's. */
const dispensable = /^(?:web_search|image_generation)/;

/**
 * The tools that the client runs, for APIs that have no others. Of those that a server runs, a search of the web and
 * the making of images are left out, and named as ignored, where the model keeps other tools and is free not to use them.
 * @throws OpenCompatError OC_TOOL_NOT_SUPPORTED for all others that a server runs
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

/** Is it among the names that `allowed_tools` has: its own, with or without its namespace, or that of the namespace? */
export function isAllowed({ name, namespace, tool }: FlatTool<CallableTool>, names: ReadonlySet<unknown>): boolean {
  return names.has(name) || (namespace !== undefined && (names.has(namespace) || names.has(tool.name)));
}

function nameOf(tool: Tool): string {
  return 'name' in tool && typeof tool.name === 'string' ? tool.name : '';
}

/** What a custom tool takes, in words: as a function of one text nobody holds the model to its grammar, but it knows. */
export function describeCustomInput({ format }: Pick<Extract<Tool, { type: 'custom' }>, 'format'>): string {
  if (format?.type !== 'grammar') return 'Plain text.';
  return `Plain text that follows this ${format.syntax} grammar:\n${format.definition}`;
}
