/** What servers of the OpenAI API refuse in the body of `POST /v1/chat/completions`, and in which words. */

export interface Refusal {
  status: number;
  body: { error: { message: string; type: string; param: string | null; code: string | null } };
}

type Json = Record<string, unknown>;

export interface Dialect {
  models: readonly string[];
  /** Parameters, and keys of messages, that the server takes besides OpenAI's own. */
  takes: ReadonlySet<string>;
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isWhole = (value: unknown) => Number.isInteger(value);
const isList = (value: unknown) => Array.isArray(value);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextOrList = (value: unknown) => isText(value) || isList(value);
const isTextOrObject = (value: unknown) => isText(value) || isObject(value);

/** The parameters, and what each of them must be. */
const params: Readonly<Record<string, (value: unknown) => boolean>> = {
  model: isText,
  messages: isList,
  stream: isFlag,
  stream_options: isObject,
  temperature: isNumber,
  top_p: isNumber,
  n: isWhole,
  stop: isTextOrList,
  max_tokens: isWhole,
  max_completion_tokens: isWhole,
  presence_penalty: isNumber,
  frequency_penalty: isNumber,
  logit_bias: isObject,
  logprobs: isFlag,
  top_logprobs: isWhole,
  seed: isWhole,
  user: isText,
  safety_identifier: isText,
  metadata: isObject,
  store: isFlag,
  service_tier: isText,
  prompt_cache_key: isText,
  prompt_cache_retention: isText,
  prompt_cache_options: isObject,
  moderation: isObject,
  prediction: isObject,
  tools: isList,
  tool_choice: isTextOrObject,
  parallel_tool_calls: isFlag,
  functions: isList,
  function_call: isTextOrObject,
  response_format: isObject,
  reasoning_effort: isText,
  verbosity: isText,
  modalities: isList,
  audio: isObject,
  web_search_options: isObject,
};

const messageKeys: Readonly<Record<string, readonly string[]>> = {
  system: ['content', 'name'],
  developer: ['content', 'name'],
  user: ['content', 'name'],
  assistant: ['content', 'name', 'refusal', 'tool_calls', 'function_call', 'audio'],
  tool: ['content', 'tool_call_id'],
  function: ['content', 'name'],
};

const partTypes: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  developer: ['text'],
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
  tool: ['text'],
};

/** Longest id of a tool call, in characters. */
const maxCallIdCharacters = 40;

function refuse(message: string, param: string | null, code: string | null = null, status = 400): Refusal {
  return { status, body: { error: { message, type: 'invalid_request_error', param, code } } };
}

function wrongType(param: string): Refusal {
  return refuse(`Invalid type for '${param}'.`, param, 'invalid_type');
}

export function findRefusal(value: unknown, dialect: Dialect): Refusal | undefined {
  if (!isObject(value)) return refuse('We could not parse the JSON body of your request.', null);
  const { model, messages } = value;
  if (!isText(model)) return refuse('you must provide a model parameter', null);
  if (!Array.isArray(messages)) {
    return refuse("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (messages.length === 0) {
    return refuse("Invalid 'messages': empty array.", 'messages', 'empty_array');
  }
  return (
    checkParams(value, dialect) ??
    checkTools(value) ??
    checkFormat(value) ??
    checkMessages(messages, dialect) ??
    (dialect.models.includes(model as string)
      ? undefined
      : refuse(`The model \`${model}\` does not exist or you do not have access to it.`, null, 'model_not_found', 404))
  );
}

function checkParams(body: Json, { takes }: Dialect): Refusal | undefined {
  for (const [param, value] of Object.entries(body)) {
    if (takes.has(param) && !Object.hasOwn(params, param)) continue;
    const fits = Object.hasOwn(params, param) ? params[param] : undefined;
    if (!fits) return refuse(`Unrecognized request argument supplied: ${param}`, null);
    if (value !== null && !fits(value)) return wrongType(param);
  }
  if (body.stream_options != null && body.stream !== true) {
    return refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  if (body.top_logprobs != null && body.logprobs !== true) {
    return refuse("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs');
  }
  if (body.max_tokens != null && body.max_completion_tokens != null) {
    return refuse("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", 'max_tokens');
  }
  if (Array.isArray(body.stop) && body.stop.length > 4) {
    return refuse("Invalid 'stop': array too long.", 'stop', 'array_above_max_length');
  }
  return undefined;
}

function checkTools({ tools, tool_choice, parallel_tool_calls }: Json): Refusal | undefined {
  const list = Array.isArray(tools) ? tools : [];
  if (Array.isArray(tools) && list.length === 0) {
    return refuse("Invalid 'tools': empty array.", 'tools', 'empty_array');
  }
  if (list.length === 0) {
    if (tool_choice != null && tool_choice !== 'none') {
      return refuse(
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        'tool_choice',
      );
    }
    if (parallel_tool_calls != null) {
      return refuse("'parallel_tool_calls' is only allowed when 'tools' are specified.", 'parallel_tool_calls');
    }
    return undefined;
  }
  const names = new Set<unknown>();
  for (const [index, tool] of list.entries()) {
    const param = `tools[${index}]`;
    const { type } = (isObject(tool) ? tool : {}) as Json;
    if (type !== 'function' && type !== 'custom') {
      return refuse(
        `Invalid value: '${String(type)}'. Supported values are: 'function' and 'custom'.`,
        `${param}.type`,
        'invalid_value',
      );
    }
    const body = (tool as Json)[type];
    if (!isObject(body))
      return refuse(
        `Missing required parameter: '${param}.${type}'.`,
        `${param}.${type}`,
        'missing_required_parameter',
      );
    if (!isText(body.name) || !/^[a-zA-Z0-9_-]{1,64}$/.test(body.name as string)) {
      return refuse(`Invalid '${param}.${type}.name'.`, `${param}.${type}.name`, 'invalid_value');
    }
    names.add(body.name);
    if (type === 'function' && body.parameters != null) {
      const { parameters } = body;
      if (!isObject(parameters) || parameters.type !== 'object') {
        return refuse(
          `Invalid schema for function '${body.name}': schema must be a JSON Schema of 'type: "object"'.`,
          `${param}.function.parameters`,
          'invalid_function_parameters',
        );
      }
    }
  }
  return checkChoice(tool_choice, names);
}

function checkChoice(choice: unknown, names: ReadonlySet<unknown>): Refusal | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') {
    return ['none', 'auto', 'required'].includes(choice)
      ? undefined
      : refuse(`Invalid value: '${choice}'.`, 'tool_choice', 'invalid_value');
  }
  const { type } = choice as Json;
  if (type === 'allowed_tools') return undefined;
  const reference = type === 'function' || type === 'custom' ? (choice as Json)[type] : undefined;
  const name = isObject(reference) ? reference.name : undefined;
  return names.has(name) ? undefined : refuse("Tool choice not found in 'tools' parameter.", 'tool_choice');
}

function checkFormat({ response_format: format, messages }: Json): Refusal | undefined {
  if (!isObject(format)) return undefined;
  if (format.type === 'json_schema') {
    const schema = format.json_schema;
    if (isObject(schema) && isText(schema.name) && isObject(schema.schema)) return undefined;
    return refuse(
      "Missing required parameter: 'response_format.json_schema'.",
      'response_format.json_schema',
      'missing_required_parameter',
    );
  }
  if (format.type === 'json_object' && !/json/i.test(JSON.stringify(messages))) {
    return refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  if (format.type === 'json_object' || format.type === 'text') return undefined;
  return refuse(`Invalid value: '${String(format.type)}'.`, 'response_format.type', 'invalid_value');
}

function checkMessages(messages: readonly unknown[], { takes }: Dialect): Refusal | undefined {
  /** Ids of the calls that the last assistant message made and nobody has answered yet. */
  let open = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    const param = `messages.[${index}]`;
    if (!isObject(message)) return wrongType(param);
    const role = String(message.role);
    const keys = Object.hasOwn(messageKeys, role) ? messageKeys[role]! : undefined;
    if (!keys) {
      const known = Object.keys(messageKeys)
        .map((name) => `'${name}'`)
        .join(', ');
      return refuse(`Invalid value: '${role}'. Supported values are: ${known}.`, `${param}.role`, 'invalid_value');
    }
    const extra = Object.keys(message).find((key) => key !== 'role' && !keys.includes(key) && !takes.has(key));
    if (extra) return refuse(`Additional properties are not allowed ('${extra}' was unexpected) - '${param}'`, param);
    const fault = checkContent(message, role, param);
    if (fault) return fault;

    if (role === 'tool') {
      if (!open.delete(message.tool_call_id)) {
        return refuse(
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          `${param}.role`,
        );
      }
      continue;
    }
    if (open.size > 0) return unanswered(open, param);
    if (role === 'assistant') {
      const calls = checkCalls(message, param);
      if (!(calls instanceof Set)) return calls;
      open = calls;
    }
  }
  return open.size > 0 ? unanswered(open, `messages.[${messages.length}]`) : undefined;
}

function unanswered(open: ReadonlySet<unknown>, param: string): Refusal {
  const ids = [...open].join(', ');
  const message = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids}`;
  return refuse(message, `${param}.role`);
}

function checkContent(message: Json, role: string, param: string): Refusal | undefined {
  const { content } = message;
  if (content === null || content === undefined) {
    const isOptional = role === 'assistant' && (message.tool_calls || message.function_call || message.refusal);
    if (isOptional || role === 'function') return undefined;
    return refuse(`Invalid value for 'content': expected a string, got null.`, `${param}.content`);
  }
  if (isText(content)) return undefined;
  if (!Array.isArray(content)) return wrongType(`${param}.content`);
  if (content.length === 0)
    return refuse(`Invalid '${param}.content': empty array.`, `${param}.content`, 'empty_array');
  for (const [index, part] of content.entries()) {
    const at = `${param}.content.[${index}]`;
    const { type } = (isObject(part) ? part : {}) as Json;
    if (!partTypes[role]?.includes(type as string)) {
      return refuse(
        `Invalid content type '${String(type)}' in a message of the role '${role}'.`,
        `${at}.type`,
        'invalid_value',
      );
    }
    const fault = checkPart(part as Json, at);
    if (fault) return fault;
  }
  return undefined;
}

function checkPart(part: Json, at: string): Refusal | undefined {
  switch (part.type) {
    case 'text':
      return isText(part.text) ? undefined : wrongType(`${at}.text`);
    case 'refusal':
      return isText(part.refusal) ? undefined : wrongType(`${at}.refusal`);
    case 'image_url': {
      const url = isObject(part.image_url) ? part.image_url.url : undefined;
      if (typeof url !== 'string') return wrongType(`${at}.image_url`);
      return /^(https?:|data:image\/)/.test(url)
        ? undefined
        : refuse('Invalid image URL.', `${at}.image_url.url`, 'invalid_image_url');
    }
    case 'input_audio': {
      const { data, format } = (isObject(part.input_audio) ? part.input_audio : {}) as Json;
      return isText(data) && isText(format) ? undefined : wrongType(`${at}.input_audio`);
    }
    default: {
      const file = isObject(part.file) ? part.file : {};
      return isText(file.file_id) || isText(file.file_data) ? undefined : wrongType(`${at}.file`);
    }
  }
}

function checkCalls({ tool_calls }: Json, param: string): Set<unknown> | Refusal | undefined {
  const ids = new Set<unknown>();
  if (tool_calls === undefined || tool_calls === null) return ids;
  if (!Array.isArray(tool_calls)) return wrongType(`${param}.tool_calls`);
  if (tool_calls.length === 0) {
    return refuse(`Invalid '${param}.tool_calls': empty array.`, `${param}.tool_calls`, 'empty_array');
  }
  for (const [index, call] of tool_calls.entries()) {
    const at = `${param}.tool_calls[${index}]`;
    if (!isObject(call) || !isText(call.id) || call.id === '') return wrongType(`${at}.id`);
    if ((call.id as string).length > maxCallIdCharacters) {
      return refuse(
        `Invalid '${at}.id': string too long. Expected a string with maximum length ${maxCallIdCharacters}.`,
        `${at}.id`,
        'string_above_max_length',
      );
    }
    if (ids.has(call.id)) return refuse(`Duplicate value for 'tool_call_id' of '${call.id}'`, `${at}.id`);
    ids.add(call.id);
    const kind = String(call.type);
    const body = kind === 'function' || kind === 'custom' ? call[kind] : undefined;
    if (!isObject(body) || !isText(body.name)) return wrongType(`${at}.${kind}`);
    if (!isText(kind === 'function' ? body.arguments : body.input)) return wrongType(`${at}.${kind}`);
  }
  return ids;
}
