/**
 * What the ChatGPT backend refuses in the body of `POST /codex/responses`, and in which words. Refusals of the gateway are
 * a `detail`, text or list; those of the model side behind it have the public API's `error` object.
 */
import type { FakeModel } from './fake-models.ts';

export interface Refusal {
  status: number;
  body: unknown;
}

type Json = Record<string, unknown>;
type Check = (body: Json, models: readonly FakeModel[]) => Refusal | undefined;

const acceptedKeys = new Set([
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'store',
  'stream',
  'include',
  'prompt_cache_key',
  'service_tier',
  'client_metadata',
]);

function detail(text: string): Refusal {
  return { status: 400, body: { detail: text } };
}

function modelError(
  message: string,
  param: string | null,
  code: string | null = 'invalid_value',
  status = 400,
): Refusal {
  return { status, body: { error: { message, type: 'invalid_request_error', param, code } } };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first refusal of a list of things to check. */
function firstOf<T>(
  values: readonly T[],
  check: (value: T, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, value] of values.entries()) {
    const refusal = check(value, index);
    if (refusal) return refusal;
  }
  return undefined;
}

function checkKeys(value: Json, accepted: readonly string[], path: string): Refusal | undefined {
  if ('prompt_cache_breakpoint' in value) return detail('Unsupported parameter: prompt_cache_breakpoint');
  const unknown = Object.keys(value).find((key) => !accepted.includes(key));
  return unknown === undefined
    ? undefined
    : modelError(`Unknown parameter: '${path}.${unknown}'.`, `${path}.${unknown}`, 'unknown_parameter');
}

function checkName(name: unknown, path: string): Refusal | undefined {
  if (typeof name !== 'string')
    return modelError(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
  if (name.length > 64) {
    const message = `Invalid '${path}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`;
    return modelError(message, path, 'string_above_max_length');
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    return modelError(message, path);
  }
  return undefined;
}

/** Strict schemas: every object closed, every property required. */
function findLooseObject(
  schema: unknown,
  path: readonly string[] = [],
): { at: readonly string[]; fault: string } | undefined {
  if (Array.isArray(schema)) {
    for (const [index, entry] of schema.entries()) {
      const found = findLooseObject(entry, [...path, String(index)]);
      if (found) return found;
    }
    return undefined;
  }
  if (!isObject(schema)) return undefined;
  if (isObject(schema.properties)) {
    if (schema.additionalProperties !== false) {
      return { at: path, fault: "'additionalProperties' is required to be supplied and to be false." };
    }
    const required = Array.isArray(schema.required) ? schema.required : [];
    const missing = Object.keys(schema.properties).find((key) => !required.includes(key));
    if (missing !== undefined) {
      const fault = `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
      return { at: path, fault };
    }
  }
  for (const [key, value] of Object.entries(schema)) {
    if (['const', 'default', 'enum', 'required', 'examples'].includes(key)) continue;
    const found = findLooseObject(value, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function checkStrictSchema(schema: unknown, what: string, path: string, code: string): Refusal | undefined {
  const loose = findLooseObject(schema);
  if (!loose) return undefined;
  const context = loose.at.map((key) => `'${key}'`).join(', ');
  return modelError(`Invalid schema for ${what}: In context=(${context}), ${loose.fault}`, path, code);
}

function checkReasoning({ model, reasoning }: Json, models: readonly FakeModel[]): Refusal | undefined {
  if (reasoning === undefined || reasoning === null) return undefined;
  if (!isObject(reasoning))
    return modelError("Invalid type for 'reasoning': expected an object.", 'reasoning', 'invalid_type');
  const refusal = checkKeys(reasoning, ['effort', 'summary'], 'reasoning');
  if (refusal) return refusal;
  const { effort, summary } = reasoning;
  const taken = models.find(({ slug }) => slug === model)?.efforts ?? [];
  if (effort !== undefined && effort !== null && !taken.includes(effort as string)) {
    const names = taken.map((name) => `'${name}'`).join(', ');
    const message = `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${names}.`;
    return modelError(message, 'reasoning.effort', 'unsupported_value');
  }
  if (summary !== undefined && summary !== null && !['auto', 'concise', 'detailed'].includes(summary as string)) {
    const message = `Invalid value: '${summary}'. Supported values are: 'auto', 'concise', and 'detailed'.`;
    return modelError(message, 'reasoning.summary');
  }
  return undefined;
}

const toolKeys: Record<string, readonly string[]> = {
  function: ['type', 'name', 'description', 'parameters', 'strict', 'defer_loading'],
  custom: ['type', 'name', 'description', 'format', 'defer_loading'],
  web_search: ['type', 'filters', 'user_location', 'search_context_size'],
  image_generation: ['type', 'output_format', 'size', 'quality', 'background'],
  namespace: ['type', 'name', 'description', 'tools'],
  tool_search: ['type', 'description', 'parameters', 'execution'],
  local_shell: ['type'],
};

function checkTool(tool: unknown, index: number): Refusal | undefined {
  const path = `tools[${index}]`;
  if (!isObject(tool)) return modelError(`Invalid type for '${path}': expected an object.`, path, 'invalid_type');
  const type = String(tool.type);
  const keys = toolKeys[type];
  if (!keys) return detail(`Unsupported tool type: ${type}`);
  if (type === 'function' || type === 'custom') {
    const refusal = checkName(tool.name, `${path}.name`);
    if (refusal) return refusal;
  }
  if (type === 'custom' && isObject(tool.format)) {
    const refusal = checkKeys(tool.format, ['type', 'syntax', 'definition'], `${path}.format`);
    if (refusal) return refusal;
  }
  if (type === 'function' && tool.strict === true) {
    const what = `function '${tool.name}'`;
    const refusal = checkStrictSchema(tool.parameters, what, `${path}.parameters`, 'invalid_function_parameters');
    if (refusal) return refusal;
  }
  return checkKeys(tool, keys, path);
}

const checkToolChoice: Check = ({ tools = [], tool_choice: choice }) => {
  const known = tools as Json[];
  if (choice === undefined || choice === 'auto' || choice === 'none') return undefined;
  if (choice === 'required') {
    return known.length > 0
      ? undefined
      : modelError("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice', null);
  }
  if (!isObject(choice)) {
    return modelError(
      `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
      'tool_choice',
    );
  }
  const isKnown = ({ type, name }: Json) => known.some((tool) => tool.type === type && tool.name === name);
  const wanted = choice.type === 'allowed_tools' ? (choice.tools as Json[] | undefined) : [choice];
  if (!Array.isArray(wanted))
    return modelError("Missing required parameter: 'tool_choice.tools'.", 'tool_choice.tools');
  return firstOf(wanted, (tool) =>
    isKnown(tool)
      ? undefined
      : modelError(`Tool choice '${tool.name ?? tool.type}' not found in 'tools' parameter.`, 'tool_choice', null),
  );
};

const checkText: Check = ({ text, input }) => {
  if (text === undefined) return undefined;
  if (!isObject(text)) return modelError("Invalid type for 'text': expected an object.", 'text', 'invalid_type');
  const refusal = checkKeys(text, ['verbosity', 'format'], 'text');
  if (refusal) return refusal;
  const { verbosity, format } = text;
  if (verbosity !== undefined && !['low', 'medium', 'high'].includes(verbosity as string)) {
    const message = `Invalid value: '${verbosity}'. Supported values are: 'low', 'medium', and 'high'.`;
    return modelError(message, 'text.verbosity');
  }
  if (format === undefined) return undefined;
  if (!isObject(format))
    return modelError("Invalid type for 'text.format': expected an object.", 'text.format', 'invalid_type');
  switch (format.type) {
    case 'text':
      return checkKeys(format, ['type'], 'text.format');
    case 'json_object':
      // The word must stand in the input; in the instructions it does not count.
      if (!/json/i.test(JSON.stringify(input))) {
        const message =
          "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
        return modelError(message, 'input', null);
      }
      return checkKeys(format, ['type'], 'text.format');
    case 'json_schema':
      return (
        checkName(format.name, 'text.format.name') ??
        (format.strict === true
          ? checkStrictSchema(
              format.schema,
              `response_format '${format.name}'`,
              'text.format.schema',
              'invalid_json_schema',
            )
          : undefined) ??
        checkKeys(format, ['type', 'name', 'description', 'schema', 'strict'], 'text.format')
      );
    default: {
      const message = `Invalid value: '${format.type}'. Supported values are: 'json_object', 'json_schema', and 'text'.`;
      return modelError(message, 'text.format.type');
    }
  }
};

const partKeys: Record<string, readonly string[]> = {
  input_text: ['type', 'text'],
  input_image: ['type', 'image_url', 'detail'],
  input_file: ['type', 'file_data', 'filename', 'file_url', 'file_id'],
  output_text: ['type', 'text', 'annotations', 'logprobs'],
  refusal: ['type', 'refusal'],
};

function checkPart(part: unknown, path: string, types: readonly string[]): Refusal | undefined {
  if (!isObject(part) || !types.includes(part.type as string)) {
    const names = types.map((name) => `'${name}'`).join(', ');
    const value = isObject(part) ? part.type : part;
    return modelError(`Invalid value: '${value}'. Supported values are: ${names}.`, path);
  }
  if (part.type === 'input_image') {
    const { image_url: url } = part;
    if (url !== undefined && typeof url !== 'string') {
      const message = `Invalid type for '${path}.image_url': expected an image URL, but got an object instead.`;
      return modelError(message, `${path}.image_url`, 'invalid_type');
    }
    if (!/^(https:\/\/|data:image\/)/.test(url ?? '')) {
      return modelError(`Invalid '${path}.image_url'. Expected a valid URL.`, `${path}.image_url`);
    }
  }
  if (['input_text', 'output_text'].includes(part.type as string) && typeof part.text !== 'string') {
    return modelError(`Invalid type for '${path}.text': expected a string.`, `${path}.text`, 'invalid_type');
  }
  return checkKeys(part, partKeys[part.type as string]!, path);
}

function checkParts(content: unknown, path: string, types: readonly string[]): Refusal | undefined {
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) {
    const message = `Invalid type for '${path}': expected one of an array of objects or string.`;
    return modelError(message, path, 'invalid_type');
  }
  return firstOf(content, (part, index) => checkPart(part, `${path}[${index}]`, types));
}

function checkMessage(item: Json, path: string): Refusal | undefined {
  const { role, content } = item;
  if (role === 'system') return detail('System messages are not allowed');
  if (!['user', 'assistant', 'developer'].includes(role as string)) {
    const message = `Invalid value: '${role}'. Supported values are: 'assistant', 'developer', and 'user'.`;
    return modelError(message, `${path}.role`);
  }
  const types = role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
  return (
    checkParts(content, `${path}.content`, types) ??
    checkKeys(item, ['type', 'role', 'content', 'status', 'phase'], path)
  );
}

function checkCallId(callId: unknown, path: string): Refusal | undefined {
  if (typeof callId !== 'string' || callId === '') {
    return modelError(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
  }
  if (callId.length <= 64) return undefined;
  const message = `Invalid '${path}': string too long. Expected a string with maximum length 64, but got a string with length ${callId.length} instead.`;
  return modelError(message, path, 'string_above_max_length');
}

function checkCall(item: Json, path: string, field: 'arguments' | 'input'): Refusal | undefined {
  if (typeof item[field] !== 'string') {
    const message = `Invalid type for '${path}.${field}': expected a string.`;
    return modelError(message, `${path}.${field}`, 'invalid_type');
  }
  return (
    checkCallId(item.call_id, `${path}.call_id`) ??
    checkName(item.name, `${path}.name`) ??
    checkKeys(item, ['type', 'call_id', 'name', field, 'status', 'namespace'], path)
  );
}

function checkCallOutput(item: Json, path: string): Refusal | undefined {
  return (
    checkCallId(item.call_id, `${path}.call_id`) ??
    checkParts(item.output, `${path}.output`, ['input_text', 'input_image', 'input_file']) ??
    checkKeys(item, ['type', 'call_id', 'output', 'status'], path)
  );
}

function checkReasoningItem(item: Json, path: string): Refusal | undefined {
  if (!Array.isArray(item.summary)) {
    return modelError(
      `Missing required parameter: '${path}.summary'.`,
      `${path}.summary`,
      'missing_required_parameter',
    );
  }
  if (typeof item.encrypted_content !== 'string') {
    const message = 'The encrypted content could not be verified.';
    return modelError(message, path, 'invalid_encrypted_content');
  }
  return checkKeys(item, ['type', 'summary', 'content', 'encrypted_content', 'status'], path);
}

/** Nothing is stored, so an item cannot be named by an id, neither to refer to it nor to keep it. */
function itemNotFound(id: unknown): Refusal {
  const message = `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
  return modelError(message, 'input', null, 404);
}

function checkItem(item: unknown, index: number): Refusal | undefined {
  const path = `input[${index}]`;
  if (!isObject(item)) return modelError(`Invalid type for '${path}': expected an object.`, path, 'invalid_type');
  if ('id' in item) return itemNotFound(item.id);
  switch (item.type ?? 'message') {
    case 'message':
      return checkMessage(item, path);
    case 'function_call':
      return checkCall(item, path, 'arguments');
    case 'custom_tool_call':
      return checkCall(item, path, 'input');
    case 'function_call_output':
    case 'custom_tool_call_output':
      return checkCallOutput(item, path);
    case 'reasoning':
      return checkReasoningItem(item, path);
    case 'item_reference':
      return itemNotFound(item.id);
    case 'web_search_call':
    case 'image_generation_call':
    case 'local_shell_call':
    case 'local_shell_call_output':
    case 'compaction':
    case 'compaction_trigger':
      return undefined;
    default:
      return modelError(`Invalid value: '${item.type}'.`, `${path}.type`);
  }
}

/** Asks for a compaction of all that stands before it. */
const checkTrigger: Check = ({ input }) => {
  const index = (input as Json[]).findIndex(({ type }) => type === 'compaction_trigger');
  if (index < 0 || index === (input as Json[]).length - 1) return undefined;
  return modelError("'compaction_trigger' must be the final input item.", `input[${index}]`);
};

/** Every output needs its call before it, every call its output behind it. */
const checkPairs: Check = ({ input }) => {
  const open = new Map<string, 'function' | 'custom'>();
  const answered = new Set<string>();
  for (const { type, call_id } of input as { type?: string; call_id: string }[]) {
    if (type === 'function_call') open.set(call_id, 'function');
    else if (type === 'custom_tool_call') open.set(call_id, 'custom');
    else if (type === 'function_call_output' || type === 'custom_tool_call_output') {
      const kind = type === 'function_call_output' ? 'function' : 'custom';
      if (open.get(call_id) !== kind) {
        const noun = kind === 'function' ? 'function call output' : 'custom tool call output';
        return modelError(`No tool call found for ${noun} with call_id ${call_id}.`, 'input', null);
      }
      answered.add(call_id);
    }
  }
  for (const [callId, kind] of open) {
    if (answered.has(callId)) continue;
    const noun = kind === 'function' ? 'function call' : 'custom tool call';
    return modelError(`No tool output found for ${noun} ${callId}.`, 'input', null);
  }
  return undefined;
};

const checks: readonly Check[] = [
  (body) => {
    const unknown = Object.keys(body).find((key) => !acceptedKeys.has(key));
    return unknown === undefined ? undefined : detail(`Unsupported parameter: ${unknown}`);
  },
  ({ instructions }) => (typeof instructions === 'string' ? undefined : detail('Instructions are required')),
  ({ stream }) => (stream === true ? undefined : detail('Stream must be set to true')),
  ({ store }) => (store === false ? undefined : detail('Store must be set to false')),
  ({ input }) => (Array.isArray(input) ? undefined : detail('Input must be a list')),
  ({ service_tier: tier }) =>
    tier === undefined || tier === 'priority' ? undefined : detail(`Unsupported service_tier: ${tier}`),
  ({ model }, models) =>
    models.some(({ slug }) => slug === model)
      ? undefined
      : detail(`The '${model}' model is not supported when using Codex with a ChatGPT account.`),
  ({ parallel_tool_calls: isParallel }) =>
    isParallel === undefined || typeof isParallel === 'boolean'
      ? undefined
      : modelError(
          "Invalid type for 'parallel_tool_calls': expected a boolean.",
          'parallel_tool_calls',
          'invalid_type',
        ),
  checkReasoning,
  ({ tools }) => {
    if (tools === undefined) return undefined;
    if (!Array.isArray(tools))
      return modelError("Invalid type for 'tools': expected an array.", 'tools', 'invalid_type');
    return firstOf(tools, checkTool);
  },
  checkToolChoice,
  ({ input }) => firstOf(input as unknown[], checkItem),
  checkTrigger,
  checkPairs,
  checkText,
];

/** @returns how the backend refuses the body; undefined when it takes it */
export function findRefusal(body: unknown, models: readonly FakeModel[]): Refusal | undefined {
  if (!isObject(body)) {
    return {
      status: 422,
      body: { detail: [{ loc: ['body'], msg: 'Input should be a valid dictionary', type: 'dict_type' }] },
    };
  }
  return firstOf(checks, (check) => check(body, models));
}
