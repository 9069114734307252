/** Tools in namespaces (Codex groups those of MCP servers so), for APIs whose tools stand in one list. */
import { createHash } from 'node:crypto';
import type { CanonicalRequest } from '../../canonical.ts';

export type Tool = NonNullable<CanonicalRequest['tools']>[number];

export interface FlatTool {
  tool: Tool;
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

function nameOf(tool: Tool): string {
  return 'name' in tool && typeof tool.name === 'string' ? tool.name : '';
}
