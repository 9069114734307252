/** Canonical paths and how this API writes them; the first that fits counts. */
const renames: readonly [RegExp, string][] = [
  // Instructions and items have lost their places among the messages.
  [/^(input|instructions)(?![\w-]).*$/, 'messages'],
  [/^text\.format\.(name|description|schema|strict)(?![\w-])/, 'response_format.json_schema.$1'],
  [/^text\.format(?![\w-])/, 'response_format'],
  [/^text\.verbosity$/, 'verbosity'],
  [/^reasoning\.effort$/, 'reasoning_effort'],
  [/^(tools\[\d+\])\.(name|description|parameters|strict)(?![\w-])/, '$1.function.$2'],
];

/** The name that clients of this API know a field by, where an upstream named it as the Responses API does. */
export function toChatParam(param: string): string {
  const found = renames.find(([canonical]) => canonical.test(param));
  return found ? param.replace(...found) : param;
}
