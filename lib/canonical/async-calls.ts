/** Tools that are `async` (type `FunctionTool` of the openai package 7.59): the output of a call may come in a later request. */
import { asObject, asText, type Json } from '../lenient-json.ts';
import type { CanonicalInputItem, CanonicalRequest } from './types.ts';

/** Stands for an output that has not come: upstreams refuse a call without one. */
const isRunning = 'The tool is still running. Its output follows in a later message.';

/**
 * For an upstream without asynchronous tools: an output that comes after further messages, or whose call the request does not
 * have, becomes a message of the user; the call itself has an output that says so. Requests without such tools are returned as
 * they are.
 */
export function settleAsyncCalls(request: CanonicalRequest): CanonicalRequest {
  const items = request.input as unknown as Json[];
  const names = listAsyncNames(request.tools);
  const isAsync = (item: Json) => isAsyncCall(item, names);
  if (names.size === 0 && !items.some(isAsync)) return request;

  const input: Json[] = [];
  const seen = new Set<unknown>();
  const late = new Set<unknown>();
  /** Calls of this step whose output has not come, by id: the type of the call. */
  const open = new Map<unknown, string>();
  const closeStep = () => {
    for (const [call_id, type] of open) {
      input.push({ type: `${type}_output`, call_id, output: isRunning });
      late.add(call_id);
    }
    open.clear();
  };

  for (const item of items) {
    const { call_id: id } = item;
    const [, call, isOutput] = /^(function_call|custom_tool_call)(_output)?$/.exec(asText(item.type) ?? '') ?? [];
    if (item.type === 'message' || item.type === undefined) closeStep();
    if (call && !isOutput) {
      seen.add(id);
      // Some models reuse an id.
      late.delete(id);
      if (isAsync(item)) open.set(id, call);
    }
    if (isOutput && (late.has(id) || !seen.has(id))) {
      closeStep();
      input.push(toMessage(item));
      continue;
    }
    if (isOutput) open.delete(id);
    input.push(item);
  }
  closeStep();
  return { ...request, input: input as unknown as CanonicalInputItem[] };
}

/** The names of the tools that are asynchronous. */
export function listAsyncNames(tools: CanonicalRequest['tools']): ReadonlySet<unknown> {
  return new Set(listTools(tools).flatMap((tool) => (tool.async === true ? [tool.name] : [])));
}

/** May the output of a call come later? Not every upstream marks its calls as the tools are marked. */
export function isAsyncCall({ async, name }: Json, asyncNames: ReadonlySet<unknown>): boolean {
  return async === true || asyncNames.has(name);
}

function toMessage({ call_id, output }: Json): Json {
  const parts = Array.isArray(output) ? output : [{ type: 'input_text', text: asText(output) ?? '' }];
  const title = { type: 'input_text', text: `Output of the tool call ${asText(call_id) ?? ''}:` };
  return { type: 'message', role: 'user', content: [title, ...parts] };
}

/** The tools of a request, also those inside of namespaces, as they came over the wire. */
export function listTools(tools: CanonicalRequest['tools']): Json[] {
  return (tools ?? []).flatMap((each) => {
    const tool = asObject(each) ?? {};
    return [tool, ...(Array.isArray(tool.tools) ? tool.tools.map((inner) => asObject(inner) ?? {}) : [])];
  });
}
