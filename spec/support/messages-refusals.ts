/** What Anthropic's Messages API refuses of a request, in its words: the rules that a request of another API breaks most easily. */

type Json = Record<string, unknown>;

export interface MessagesModel {
  id: string;
  /** How it is asked to think. Absent: not at all. */
  thinking?: 'adaptive' | 'budget';
  /** Has it done away with sampling parameters? */
  isSampled?: boolean;
  maxOutputTokens: number;
}

const fields: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'max_tokens', 'stream', 'system', 'thinking', 'tools', 'tool_choice', 'temperature'],
  ...['top_k', 'top_p', 'stop_sequences', 'metadata', 'output_config'],
]);

/** Thrown inside, so that a rule reads as one line. */
class Refused extends Error {}

function need(holds: unknown, message: string): asserts holds {
  if (!holds) throw new Refused(message);
}

/** @returns the message of the refusal */
export function findMessagesRefusal(request: Json, model: MessagesModel): string | undefined {
  try {
    checkFields(request, model);
    checkTools(request);
    checkMessages(request);
    checkThinking(request, model);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const blocksOf = ({ content }: Json): Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content);

function checkFields(request: Json, { isSampled = true, maxOutputTokens, id }: MessagesModel): void {
  for (const [field, value] of Object.entries(request)) {
    need(fields.has(field), `${field}: Extra inputs are not permitted`);
    need(value !== null, `${field}: Input should be a valid value`);
  }
  const { max_tokens, temperature, top_p, top_k, stop_sequences, system, output_config } = request;
  need(max_tokens !== undefined, 'max_tokens: Field required');
  need(Number.isInteger(max_tokens) && (max_tokens as number) >= 1, 'max_tokens: must be greater than or equal to 1');
  need(
    (max_tokens as number) <= maxOutputTokens,
    `max_tokens: ${max_tokens} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for ${id}`,
  );
  for (const [field, value] of Object.entries({ temperature, top_p })) {
    if (value === undefined) continue;
    need(isSampled, `\`${field}\` is deprecated for this model.`);
    need(typeof value === 'number' && value >= 0 && value <= 1, `${field}: range: 0..1`);
  }
  need(top_k === undefined || isSampled, '`top_k` is deprecated for this model.');
  need(
    temperature === undefined || top_p === undefined,
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  );
  for (const stop of (stop_sequences ?? []) as string[]) {
    need(stop.trim() !== '', 'stop_sequences: each stop sequence must contain non-whitespace');
  }
  for (const block of typeof system === 'string' ? [] : listOf(system)) {
    need(block.type === 'text' && block.text !== '', 'system: text content blocks must be non-empty');
  }
  const format = (output_config as { format?: Json } | undefined)?.format;
  if (format) {
    need(format.type === 'json_schema' && Object.keys(format).length === 2, 'output_config.format: invalid');
    checkSchema(format.schema as Json);
  }
}

const schemaKeys: ReadonlySet<string> = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf', 'allOf', '$ref'],
  ...['$schema', '$defs', 'definitions', 'description', 'title', 'default', 'format', 'minItems'],
]);

/** What structured outputs take of JSON Schema. */
function checkSchema(schema: Json): void {
  for (const key of Object.keys(schema)) {
    need(
      schemaKeys.has(key),
      `output_config.format.schema: For '${schema.type}' type, property '${key}' is not supported`,
    );
  }
  const { type, properties, additionalProperties, items, anyOf, allOf, $defs, definitions } = schema;
  need(
    type !== 'object' || additionalProperties === false,
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  );
  const inner = [properties, $defs, definitions].flatMap((map) => Object.values((map ?? {}) as Json));
  for (const each of [...inner, ...listOf(anyOf), ...listOf(allOf), ...(items ? [items] : [])])
    checkSchema(each as Json);
}

function checkTools({ tools, tool_choice, messages }: Json): void {
  const names = listOf(tools).map(({ name }) => String(name));
  listOf(tools).forEach(({ name, input_schema, description }, index) => {
    const at = `tools.${index}.custom`;
    need(/^[a-zA-Z0-9_-]{1,64}$/.test(String(name)), `${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`);
    need((input_schema as Json | undefined)?.type === 'object', `${at}.input_schema.type: Input should be 'object'`);
    need(description === undefined || typeof description === 'string', `${at}.description: should be a valid string`);
  });
  need(new Set(names).size === names.length, 'tools: Tool names must be unique.');
  const choice = tool_choice as Json | undefined;
  if (choice) {
    need(names.length > 0, 'tool_choice: tool_choice may only be specified while providing tools.');
    need(['auto', 'any', 'none', 'tool'].includes(String(choice.type)), 'tool_choice: invalid tag');
    need(
      choice.type !== 'tool' || names.includes(String(choice.name)),
      `Tool '${choice.name}' not found in provided tools`,
    );
  }
  const isOfTools = listOf(messages)
    .flatMap(blocksOf)
    .some(({ type }) => type === 'tool_use' || type === 'tool_result');
  need(
    !isOfTools || names.length > 0,
    'Requests which have `tool_use` or `tool_result` blocks in `messages` must define tools.',
  );
}

function checkMessages({ messages }: Json): void {
  const list = listOf(messages);
  need(list.length > 0, 'messages: at least one message is required');
  need(list[0]!.role === 'user', 'messages: first message must use the "user" role');
  const ids = new Set<string>();
  list.forEach((message, index) => {
    need(
      message.role === 'user' || message.role === 'assistant',
      `messages.${index}.role: Input should be 'user' or 'assistant'`,
    );
    const blocks = blocksOf(message);
    need(blocks.length > 0, `messages.${index}: all messages must have non-empty content`);
    for (const [place, block] of blocks.entries()) {
      checkBlock(block, `messages.${index}.content.${place}`, message.role === 'user');
    }
    checkResults(blocks, blocksOf(list[index - 1] ?? {}), index);
    for (const { id } of blocks.filter(({ type }) => type === 'tool_use') as { id: string }[]) {
      need(!ids.has(id), `messages.${index}: \`tool_use\` ids must be unique`);
      ids.add(id);
      const next = blocksOf(list[index + 1] ?? {});
      // Results come first; what stands behind another block is not seen.
      const seen = next.slice(0, next.findLastIndex(({ type }) => type === 'tool_result') + 1);
      need(
        seen.every(({ type }) => type === 'tool_result') && seen.some(({ tool_use_id }) => tool_use_id === id),
        `messages.${index + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}.`,
      );
    }
  });
  const last = blocksOf(list.at(-1)!).at(-1)!;
  need(
    list.at(-1)!.role !== 'assistant' || last.type !== 'text' || !/\s$/.test(String(last.text)),
    'messages: final assistant content cannot end with trailing whitespace',
  );
}

function checkResults(blocks: readonly Json[], before: readonly Json[], index: number): void {
  const calls = new Set(before.filter(({ type }) => type === 'tool_use').map(({ id }) => id));
  const answered = new Set<unknown>();
  for (const { tool_use_id: id } of blocks.filter(({ type }) => type === 'tool_result')) {
    need(
      calls.has(id),
      `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
    need(!answered.has(id), `messages.${index}: each tool_use must have a single result. Found multiple: ${id}`);
    answered.add(id);
  }
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function checkBlock(block: Json, at: string, isUser: boolean): void {
  const { type, text, id, name, input, source, thinking, signature, data, content } = block;
  const userTypes = ['text', 'image', 'document', 'tool_result'];
  const assistantTypes = ['text', 'thinking', 'redacted_thinking', 'tool_use'];
  need((isUser ? userTypes : assistantTypes).includes(String(type)), `${at}: Input tag '${type}' is not allowed here`);
  switch (type) {
    case 'text':
      need(text !== '', 'messages: text content blocks must be non-empty');
      need(
        typeof text === 'string' && text.trim() !== '',
        'messages: text content blocks must contain non-whitespace text',
      );
      break;
    case 'tool_use':
      need(/^[a-zA-Z0-9_-]+$/.test(String(id)), `${at}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      need(typeof name === 'string', `${at}.tool_use.name: Field required`);
      need(
        typeof input === 'object' && input && !Array.isArray(input),
        `${at}.tool_use.input: Input should be a valid dictionary`,
      );
      break;
    case 'tool_result':
      for (const [place, inner] of blocksIn(content)) checkBlock(inner, `${at}.content.${place}`, true);
      break;
    case 'thinking':
      need(typeof thinking === 'string', `${at}.thinking.thinking: Field required`);
      need(isSignatureOf(signature, String(thinking)), `${at}: Invalid \`signature\` in \`thinking\` block`);
      break;
    case 'redacted_thinking':
      need(
        typeof data === 'string' && /^[\w+/]+=*$/.test(data),
        `${at}: Invalid \`data\` in \`redacted_thinking\` block`,
      );
      break;
    case 'image':
    case 'document':
      checkSource(source as Json, String(type), at);
  }
}

function blocksIn(content: unknown): [number, Json][] {
  return Array.isArray(content) ? [...(content as Json[]).entries()] : [];
}

function checkSource(source: Json, type: string, at: string): void {
  const { media_type, data, url } = source ?? {};
  switch (source?.type) {
    case 'base64': {
      const types = type === 'image' ? imageTypes : ['application/pdf'];
      need(types.includes(String(media_type)), `${at}.${type}.source.base64.media_type: Input should be ${types}`);
      need(/^[A-Za-z0-9+/]+=*$/.test(String(data)), `${at}.${type}.source.base64: invalid base64 data`);
      break;
    }
    case 'url':
      need(/^https:/.test(String(url)), `${at}.${type}.source.url.url: Only HTTPS URLs are supported`);
      break;
    default:
      need(source?.type === 'text' && type === 'document', `${at}.${type}.source: Input tag is not allowed`);
  }
}

/** Signs what was thought, so that what comes back can be told from what was changed. */
export function signThinking(thinking: string): string {
  return Buffer.from(`signed ${thinking.length}`).toString('base64');
}

function isSignatureOf(signature: unknown, thinking: string): boolean {
  return signature === signThinking(thinking);
}

function checkThinking(request: Json, { thinking: kind, id }: MessagesModel): void {
  const thinking = request.thinking as Json | undefined;
  if (!thinking || thinking.type === 'disabled') return;
  need(kind, `thinking: ${id} does not support thinking`);
  if (thinking.type === 'enabled') {
    const budget = thinking.budget_tokens as number;
    need(
      kind === 'budget',
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort".',
    );
    need(budget >= 1024, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    need(budget < (request.max_tokens as number), '`max_tokens` must be greater than `thinking.budget_tokens`.');
  } else need(kind === 'adaptive', 'adaptive thinking is not supported on this model');
  const { temperature = 1, top_p = 1, top_k, tool_choice, messages } = request;
  need(temperature === 1, '`temperature` may only be set to 1 when thinking is enabled.');
  need((top_p as number) >= 0.95, '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.');
  need(top_k === undefined, '`top_k` must be unset when thinking is enabled.');
  const choice = (tool_choice as Json | undefined)?.type;
  need(choice !== 'any' && choice !== 'tool', 'Thinking may not be enabled when tool_choice forces tool use.');
  checkLastTurn(listOf(messages));
}

/** A turn of the model's that goes on, after its tools or from its own words, must have begun with thinking. */
function checkLastTurn(messages: readonly Json[]): void {
  const last = messages.length - 1;
  const isAfterTools = blocksOf(messages[last]!)[0]?.type === 'tool_result';
  const index = messages[last]!.role === 'assistant' ? last : isAfterTools ? last - 1 : undefined;
  if (index === undefined) return;
  const found = blocksOf(messages[index]!)[0]!.type;
  need(
    found === 'thinking' || found === 'redacted_thinking',
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
  );
}
