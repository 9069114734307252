/**
 * Tools and choices in the flat form of the Responses API, which some clients send to Chat Completions (Cursor with a custom
 * base URL, seen 2026), put into this API's form.
 */
import { asObject, type Json } from '../../lenient-json.ts';

/** The tool with its fields in an object of their own; unchanged if it is nested already, or of another kind. */
export function nestTool(given: unknown): unknown {
  const tool = asObject(given);
  if (!tool || !isFlat(tool)) return given;
  const { type, ...definition } = tool;
  if (type === 'function') return { type, function: definition };
  return { type, custom: { ...definition, ...('format' in definition && { format: nestFormat(definition.format) }) } };
}

/** The same for `tool_choice`. */
export function nestChoice(given: unknown): unknown {
  const choice = asObject(given);
  if (!choice) return given;
  if (isFlat(choice)) return { type: choice.type, [String(choice.type)]: { name: choice.name } };
  const { type, mode, tools } = choice;
  if (type !== 'allowed_tools' || 'allowed_tools' in choice || !Array.isArray(tools)) return given;
  return { type, allowed_tools: { mode, tools: tools.map(nestChoice) } };
}

function isFlat({ type, name, ...rest }: Json): boolean {
  return (type === 'function' || type === 'custom') && typeof name === 'string' && !(type in rest);
}

function nestFormat(format: unknown): unknown {
  const { type, grammar, ...rest } = asObject(format) ?? {};
  return type === 'grammar' && grammar === undefined ? { type, grammar: rest } : format;
}
