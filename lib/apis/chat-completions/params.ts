import { asObject } from '../../lenient-json.ts';

/** Canonical paths and this API's names for them; the first match counts. */
const renames: readonly [RegExp, string][] = [
  // The translation does not keep the positions of instructions and items among the messages.
  [/^(input|instructions)(?![\w-]).*$/, 'messages'],
  [/^text\.format\.(name|description|schema|strict)(?![\w-])/, 'response_format.json_schema.$1'],
  [/^text\.format(?![\w-])/, 'response_format'],
  [/^text\.verbosity$/, 'verbosity'],
  [/^reasoning\.effort$/, 'reasoning_effort'],
  [/^(tools\[\d+\])\.(name|description|parameters|strict)(?![\w-])/, '$1.function.$2'],
];

/**
 * This API's name for a field that an upstream named as the Responses API does. A body in the form of the Responses API (Cursor's)
 * has the field by that name.
 */
export function toChatParam(param: string, body: unknown): string {
  if (isResponsesForm(body)) return param;
  const found = renames.find(([canonical]) => canonical.test(param));
  return found ? param.replace(...found) : param;
}

/** Has the body no messages, but the input of the Responses API? */
export function isResponsesForm(body: unknown): boolean {
  const { messages, input } = asObject(body) ?? {};
  return messages === undefined && input !== undefined;
}
