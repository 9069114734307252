/**
 * Canonical input items → Chat messages as upstreams take them: all that one assistant turn said in one message, and each
 * call's output right behind it.
 */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { shortenCallId } from '../call-ids.ts';
import { toTrueDataUrl } from '../pictures.ts';
import { toFlatName } from './flat-tools.ts';
import { readReasoningDetails } from './reasoning-details.ts';
import { toTemplateOrder } from './template-order.ts';
import { toWrappedInput } from './upstream-tools.ts';

/** Fields of an assistant message in which a server takes back what it said of its reasoning. */
export interface ReasoningFields {
  /** Of the text. DeepSeek: `reasoning_content`; OpenRouter: `reasoning`; Copilot: `reasoning_text`. */
  text?: 'reasoning_content' | 'reasoning' | 'reasoning_text';
  /** Of the encrypted form. Copilot: `reasoning_opaque`. */
  opaque?: 'reasoning_opaque';
  /** Of the details with their signatures. OpenRouter: `reasoning_details`. */
  details?: 'reasoning_details';
}

export interface MessageOptions {
  /** Names what is dropped. */
  ignore(param: string): void;
  /** Role of instructions. Default `system`, which every server knows. */
  instructionRole?: 'system' | 'developer';
  /** Default: none, reasoning is not given back. Servers that do not know the fields may refuse them (Mistral, OpenAI). */
  reasoningFields?: ReasoningFields;
  /** Does the server know `refusal` in assistant messages? Default false: a refusal is given back as text. */
  hasRefusals?: boolean;
  hasCustomTools?: boolean;
  /**
   * A call's id as the server takes it. Must give the same for the same. Default: ids of more than 40 characters are
   * shortened.
   */
  toCallId?(id: string): string;
}

/** Longest id of a tool call that OpenAI takes in this API, in characters. */
const maxCallIdCharacters = 40;
/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedCharacters = 100;
/** Said in the place of an output that has no text: servers refuse images there, and empty outputs. */
const imagesFollow = 'The output follows in the next message.';

/** Calls that ran at a provider, and their outputs: what came of them is in the texts. */
const hostedItems: ReadonlySet<string> = new Set([
  'apply_patch_call',
  'apply_patch_call_output',
  'code_interpreter_call',
  'computer_call',
  'computer_call_output',
  'file_search_call',
  'image_generation_call',
  'local_shell_call',
  'local_shell_call_output',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'mcp_list_tools',
  'shell_call',
  'shell_call_output',
  'tool_search_call',
  'tool_search_output',
  'web_search_call',
]);

/** What one turn of the assistant has said so far. */
interface Turn {
  texts: string[];
  refusals: string[];
  reasoning: string[];
  opaque?: string;
  details: Json[];
  calls: { call: Json; output: Json | undefined; outputIndex: number }[];
}

/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT, OC_UNSUPPORTED_VALUE for references to what is stored elsewhere
 */
export function toChatMessages(request: CanonicalRequest, options: MessageOptions): Json[] {
  const items = request.input as unknown as Json[];
  const outputs = new OutputFinder(items);
  const messages: Json[] = [];
  const instructionRole = options.instructionRole ?? 'system';
  const toCallId = options.toCallId ?? ((id: string) => shortenCallId(id, maxCallIdCharacters));
  /** Instructions at the start go into one message: the templates of many models take no second one. */
  let leading: string[] | undefined = request.instructions ? [request.instructions] : [];
  let turn: Turn | undefined;

  items.forEach((item, index) => {
    const param = `input[${index}]`;
    switch (isMessage(item) ? 'message' : item.type) {
      case 'message':
        if (item.role === 'assistant') addAssistant(openTurn(), item, param);
        else addMessage(item, param);
        break;
      case 'reasoning':
        addReasoning(openTurn(), item);
        break;
      case 'function_call':
      case 'custom_tool_call': {
        const [outputIndex, output] = outputs.findFor(item, index);
        openTurn().calls.push({ call: item, output, outputIndex });
        break;
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        if (!outputs.isClaimed(index)) throw orphan(item, param);
        // It stands behind its call already; what comes next is another step of the model.
        closeTurn();
        break;
      case 'item_reference':
      case 'compaction':
        throw unsupported(
          param,
          `The upstream keeps no conversations: an item of the type '${item.type}' means nothing to it.`,
        );
      default: {
        const type = String(item.type);
        if (!hostedItems.has(type))
          throw unsupported(`${param}.type`, `Items of the type '${quote(type)}' are not known.`);
        options.ignore(`input.${type}`);
      }
    }
  });
  closeTurn();
  placeLeading();
  return toTemplateOrder(messages);

  function openTurn(): Turn {
    placeLeading();
    turn ??= { texts: [], refusals: [], reasoning: [], details: [], calls: [] };
    return turn;
  }

  function placeLeading(): void {
    if (leading?.length) messages.push({ role: instructionRole, content: leading.join('\n\n') });
    leading = undefined;
  }

  function addMessage({ role, content }: Json, param: string): void {
    closeTurn();
    const parts = toParts(content, `${param}.content`);
    if (role === 'user') {
      placeLeading();
      messages.push({ role, content: toPlainText(parts) ?? parts });
      return;
    }
    const text = parts.every(({ type }) => type === 'text') ? parts.map((part) => part.text).join('\n') : undefined;
    if (text === '') return;
    if (leading && text !== undefined) {
      leading.push(text);
      return;
    }
    placeLeading();
    messages.push({ role: instructionRole, content: text ?? parts });
  }

  function closeTurn(): void {
    if (!turn) return;
    const { texts, refusals, calls } = turn;
    const hasRefusal = refusals.length > 0 && options.hasRefusals === true;
    const said = hasRefusal ? texts : [...texts, ...refusals];
    const images: Json[] = [];
    // Reasoning that led to nothing is no message.
    if (said.length > 0 || hasRefusal || calls.length > 0) {
      const ids = toDistinctIds(calls.map(({ call }) => toCallId(asText(call.call_id) ?? '')));
      messages.push({
        role: 'assistant',
        content: said.length > 0 ? said.join('\n\n') : null,
        ...(hasRefusal && { refusal: refusals.join('\n\n') }),
        ...toReasoningFields(turn, options.reasoningFields),
        ...(calls.length > 0 && { tool_calls: calls.map(({ call }, at) => toToolCall(call, ids[at]!, options)) }),
      });
      calls.forEach(({ output, outputIndex }, at) => {
        messages.push(toToolMessage(ids[at]!, output, `input[${outputIndex}].output`, images));
      });
      if (images.length > 0) messages.push({ role: 'user', content: images });
    }
    turn = undefined;
  }
}

function isMessage({ type, role }: Json): boolean {
  return type === 'message' || (type === undefined && role !== undefined);
}

function addAssistant({ texts, refusals }: Turn, { content }: Json, param: string): void {
  if (typeof content === 'string') {
    if (content) texts.push(content);
    return;
  }
  let text = '';
  for (const part of listOf(content, `${param}.content`)) {
    if (part.type === 'refusal') {
      if (asText(part.refusal)) refusals.push(part.refusal as string);
    } else {
      text += asText(part.text) ?? '';
    }
  }
  if (text) texts.push(text);
}

function addReasoning(turn: Turn, { summary, content, encrypted_content }: Json): void {
  const texts = [content, summary]
    .map((parts) => (Array.isArray(parts) ? parts : []).map((part) => asText(asObject(part)?.text) ?? '').join('\n\n'))
    .filter((text) => text !== '');
  // The text itself rather than a summary of it.
  if (texts[0]) turn.reasoning.push(texts[0]);
  const encrypted = asText(encrypted_content);
  const details = encrypted && readReasoningDetails(encrypted);
  if (details) turn.details.push(...details);
  else if (encrypted) turn.opaque = encrypted;
}

function toReasoningFields({ reasoning, opaque, details }: Turn, fields: ReasoningFields = {}): Json {
  return {
    ...(fields.text && reasoning.length > 0 && { [fields.text]: reasoning.join('\n\n') }),
    ...(fields.opaque && opaque && { [fields.opaque]: opaque }),
    ...(fields.details && details.length > 0 && { [fields.details]: details }),
  };
}

function toToolCall(call: Json, id: string, { hasCustomTools = false }: MessageOptions): Json {
  const { type, namespace } = call;
  const name = toFlatName(namespace, asText(call.name) ?? '');
  if (type === 'function_call') {
    // Servers parse it; nothing is what some models write for no arguments.
    return { id, type: 'function', function: { name, arguments: asText(call.arguments) ?? '{}' } };
  }
  const input = asText(call.input) ?? '';
  if (hasCustomTools) return { id, type: 'custom', custom: { name, input } };
  return { id, type: 'function', function: { name, arguments: toWrappedInput(input) } };
}

/** Images, files and sounds of the output go to `others`: this API has them in users' messages only. */
function toToolMessage(id: string, output: Json | undefined, param: string, others: Json[]): Json {
  const parts = output ? toParts(output.output, param) : [];
  const texts = parts.filter(({ type }) => type === 'text').map((part) => part.text);
  const rest = parts.filter(({ type }) => type !== 'text');
  if (rest.length > 0) others.push({ type: 'text', text: `Output of the tool call ${id}:` }, ...rest);
  const text = texts.join('\n');
  return { role: 'tool', tool_call_id: id, content: text === '' && rest.length > 0 ? imagesFollow : text };
}

/** A text alone goes as text, not as a list: every server takes that. */
function toPlainText(parts: readonly Json[]): unknown {
  if (parts.length === 0) return '';
  return parts.length === 1 && parts[0]!.type === 'text' ? parts[0]!.text : undefined;
}

function listOf(content: unknown, param: string): Json[] {
  if (content === undefined || content === null) return [];
  if (Array.isArray(content)) return content.map((part) => asObject(part) ?? {});
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason: 'Send text or a list of parts.' }, { param });
}

function toParts(content: unknown, param: string): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content, param).map((part, index) => toPart(part, `${param}[${index}]`));
}

function toPart(part: Json, param: string): Json {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: typeof part.text === 'string' ? part.text : '' };
    case 'refusal':
      return { type: 'text', text: asText(part.refusal) ?? '' };
    case 'input_image': {
      const url = asText(part.image_url);
      if (!url) throw unsupported(`${param}.image_url`, 'Images are taken as an https URL or a data URL.');
      // `auto` is the default, and not every server knows the word.
      const detail = asText(part.detail);
      return {
        type: 'image_url',
        image_url: { url: toTrueDataUrl(url), ...(detail && detail !== 'auto' && { detail }) },
      };
    }
    case 'input_file': {
      const { file_data, file_id, filename } = part;
      if (!file_data && !file_id) throw unsupported(`${param}.file_data`, 'Files are taken as file_data.');
      return {
        type: 'file',
        file: {
          ...(asText(filename) && { filename }),
          ...(file_data ? { file_data } : { file_id }),
        },
      };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio };
    default:
      throw unsupported(`${param}.type`, `The upstream takes no content of the type '${quote(part.type)}'.`);
  }
}

function unsupported(param: string, reason: string): OpenCompatError {
  return new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param });
}

function quote(value: unknown): string {
  return String(value).slice(0, maxQuotedCharacters);
}

function orphan({ call_id }: Json, param: string): OpenCompatError {
  return new OpenCompatError('OC_ORPHAN_TOOL_OUTPUT', { callId: quote(call_id) }, { param: `${param}.call_id` });
}

/** Joins outputs to calls by id, in order: some models use an id again. */
class OutputFinder {
  readonly #items: readonly Json[];
  /** By call id: the places of the outputs that no call has claimed, in order. */
  readonly #open = new Map<unknown, number[]>();
  readonly #claimed = new Set<number>();

  constructor(items: readonly Json[]) {
    this.#items = items;
    // Backwards, so that the next one is the last of its list.
    for (let index = items.length - 1; index >= 0; index -= 1) {
      const { type, call_id } = items[index]!;
      if (type !== 'function_call_output' && type !== 'custom_tool_call_output') continue;
      const open = this.#open.get(call_id);
      if (open) open.push(index);
      else this.#open.set(call_id, [index]);
    }
  }

  /** A call that nobody answered has no output, which is what the model is told then. */
  findFor({ call_id }: Json, callIndex: number): [outputIndex: number, output: Json | undefined] {
    const open = this.#open.get(call_id);
    const next = open?.at(-1) ?? -1;
    if (next < callIndex) return [-1, undefined];
    open!.pop();
    this.#claimed.add(next);
    return [next, this.#items[next]];
  }

  isClaimed(index: number): boolean {
    return this.#claimed.has(index);
  }
}

/** Within a message no id may stand twice. */
function toDistinctIds(ids: readonly string[]): string[] {
  const used = new Set<string>();
  return ids.map((id) => {
    let distinct = id || 'call';
    for (let count = 2; used.has(distinct); count += 1) distinct = `${id || 'call'}_${count}`;
    used.add(distinct);
    return distinct;
  });
}
