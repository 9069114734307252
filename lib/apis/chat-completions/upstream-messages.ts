/**
 * Canonical input items → Chat messages as upstreams take them: each turn of the assistant is one message, with the outputs of
 * its calls right behind it.
 */
import { usualMaxValues, ValueBudget } from '../../bounded-json.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { DistinctIds, shortenCallId } from '../call-ids.ts';
import { withOneOutputEach } from '../doubled-outputs.ts';
import { passOver } from '../foreign-items.ts';
import { toFlatName } from './flat-tools.ts';
import { OutputFinder } from './output-finder.ts';
import { isServerState, type ReasoningTextField, readServerState, type StateSource } from './server-state.ts';
import { toTemplateOrder } from './template-order.ts';
import { listOf, quote, toParts, toPlainText } from './upstream-parts.ts';
import { toWrappedInput } from './upstream-tools.ts';

export interface MessageOptions {
  /** Names what is dropped. */
  ignore(param: string): void;
  /** Role of instructions. Default `system`, which every server knows. */
  instructionRole?: 'system' | 'developer';
  /** The server that is asked: state that it gave beside earlier answers goes back to it. Default: none goes back. */
  source?: StateSource;
  /** The field in which the server takes all reasoning text back. Default: none; many refuse such fields (Mistral, OpenAI). */
  reasoningField?: ReasoningTextField;
  /** The field without which the server refuses tool calls (DeepSeek: `reasoning_content`). */
  neededReasoning?: ReasoningTextField | undefined;
  /** Does the server know `refusal` in assistant messages? Default false: a refusal is given back as text. */
  hasRefusals?: boolean;
  hasCustomTools?: boolean;
  /**
   * Returns a call's id in a form that the server takes, always the same for an id. Default: ids of more than 40 characters are
   * shortened.
   */
  toCallId?(id: string): string;
}

/** Longest id of a tool call that OpenAI takes in this API, in characters. */
const maxCallIdCharacters = 40;
/** Replaces an output without text: servers refuse images and empty outputs. */
const imagesFollow = 'The output follows in the next message.';

/** The current turn of the assistant, so far. */
interface Turn {
  texts: string[];
  refusals: string[];
  reasoning: string[];
  opaque?: string;
  details: Json[];
  /** The field that the text of the reasoning stood in, and fields of the message that only the server knows. */
  textField?: ReasoningTextField;
  fields?: Json;
  calls: { call: Json; output: Json | undefined; outputIndex: number; fields?: Json }[];
}

/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT, OC_UNSUPPORTED_VALUE for references to stored items
 */
export function toChatMessages(request: CanonicalRequest, options: MessageOptions): Json[] {
  const items = withOneOutputEach(request.input as unknown as Json[]);
  const writer = new MessageWriter(items, request.instructions, options);
  items.forEach((item, index) => {
    if (item) writer.add(item, index);
  });
  return writer.finish();
}

class MessageWriter {
  readonly #options: MessageOptions;
  readonly #outputs: OutputFinder;
  readonly #instructionRole: string;
  readonly #toCallId: (id: string) => string;
  readonly #messages: Json[] = [];
  /** For the state of servers, which clients send as JSON inside of texts. */
  readonly #budget = new ValueBudget(usualMaxValues);
  /** Fields of calls that only the server knows, by call id. */
  readonly #callFields = new Map<unknown, Json>();
  /** Instructions at the start go into one message: the templates of many models refuse a second. */
  #leading: string[] | undefined;
  #turn: Turn | undefined;

  constructor(items: readonly (Json | undefined)[], instructions: string | null | undefined, options: MessageOptions) {
    this.#options = options;
    this.#outputs = new OutputFinder(items);
    this.#instructionRole = options.instructionRole ?? 'system';
    this.#toCallId = options.toCallId ?? ((id) => shortenCallId(id, maxCallIdCharacters));
    this.#leading = instructions ? [instructions] : [];
  }

  add(item: Json, index: number): void {
    const param = `input[${index}]`;
    switch (isMessage(item) ? 'message' : item.type) {
      case 'message':
        if (item.role === 'assistant') addAssistant(this.#openTurn(), item, param);
        else this.#addMessage(item, param);
        break;
      case 'reasoning':
        this.#addReasoning(this.#openTurn(), item);
        break;
      case 'function_call':
      case 'custom_tool_call': {
        const [outputIndex, output] = this.#outputs.findFor(item, index);
        this.#openTurn().calls.push({ call: item, output, outputIndex });
        break;
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        if (!this.#outputs.isClaimed(index)) throw orphan(item, param);
        // It already stands behind its call; the next items are another step of the model.
        this.#closeTurn();
        break;
      default:
        passOver(item, param, this.#options.ignore);
    }
  }

  finish(): Json[] {
    this.#closeTurn();
    this.#placeLeading();
    return toTemplateOrder(this.#messages);
  }

  /** What came from another provider is nothing to this one, the text of it included. */
  #addReasoning(turn: Turn, { summary, content, encrypted_content }: Json): void {
    const state = readServerState(encrypted_content, this.#options.source, this.#budget);
    if (!state && isServerState(encrypted_content)) return;
    const texts = [content, summary]
      .map((parts) =>
        (Array.isArray(parts) ? parts : []).map((part) => asText(asObject(part)?.text) ?? '').join('\n\n'),
      )
      .filter((text) => text !== '');
    // The text itself rather than a summary of it.
    if (texts[0]) turn.reasoning.push(texts[0]);
    if (!state) return;
    turn.textField ??= state.text;
    turn.opaque = state.opaque ?? turn.opaque;
    for (const detail of state.details ?? []) turn.details.push(detail);
    if (state.message) turn.fields = { ...turn.fields, ...state.message };
    for (const [id, fields] of Object.entries(state.calls ?? {})) {
      this.#callFields.set(id, { ...this.#callFields.get(id), ...fields });
    }
  }

  #openTurn(): Turn {
    this.#placeLeading();
    this.#turn ??= { texts: [], refusals: [], reasoning: [], details: [], calls: [] };
    return this.#turn;
  }

  #placeLeading(): void {
    const content = this.#leading?.join('\n\n');
    if (this.#leading?.length) this.#messages.push({ role: this.#instructionRole, content });
    this.#leading = undefined;
  }

  #addMessage({ role, content }: Json, param: string): void {
    this.#closeTurn();
    const parts = toParts(content, `${param}.content`);
    if (role === 'user') {
      this.#placeLeading();
      const shown = parts.filter(({ text }) => text !== '');
      // Most servers refuse an empty part.
      const kept = shown.length > 0 ? shown : parts.slice(0, 1);
      this.#messages.push({ role, content: toPlainText(kept) ?? kept });
      return;
    }
    const text = parts.every(({ type }) => type === 'text') ? parts.map((part) => part.text).join('\n') : undefined;
    if (text === '') return;
    if (this.#leading && text !== undefined) {
      this.#leading.push(text);
      return;
    }
    this.#placeLeading();
    this.#messages.push({ role: this.#instructionRole, content: text ?? parts });
  }

  #closeTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (!turn) return;
    const { calls } = turn;
    for (const each of calls) each.fields = this.#callFields.get(each.call.call_id);
    // Within a message no id may stand twice.
    const distinct = new DistinctIds();
    const ids = calls.map(({ call }) => distinct.take(this.#toCallId(asText(call.call_id) ?? '') || 'call'));
    const message = toAssistantMessage(turn, ids, this.#options);
    if (!message) return;
    const images: Json[] = [];
    this.#messages.push(message);
    calls.forEach(({ output, outputIndex }, at) => {
      this.#messages.push(toToolMessage(ids[at]!, output, `input[${outputIndex}].output`, images));
    });
    if (images.length > 0) this.#messages.push({ role: 'user', content: images });
  }
}

/** Undefined for an empty turn: reasoning alone makes no message. */
function toAssistantMessage(turn: Turn, ids: readonly string[], options: MessageOptions): Json | undefined {
  const { texts, refusals, calls } = turn;
  const hasRefusal = refusals.length > 0 && options.hasRefusals === true;
  const said = hasRefusal ? texts : [...texts, ...refusals];
  if (said.length === 0 && !hasRefusal && calls.length === 0) return undefined;
  return {
    role: 'assistant',
    content: said.length > 0 ? said.join('\n\n') : null,
    ...(hasRefusal && { refusal: refusals.join('\n\n') }),
    ...toReasoningFields(turn, options),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ call, fields }, at) => ({ ...fields, ...toToolCall(call, ids[at]!, options) })),
    }),
  };
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

/** The replacement for a turn's lost reasoning, which some servers require beside its calls. */
const notKept = '(not kept)';

function toReasoningFields(turn: Turn, { reasoningField, neededReasoning }: MessageOptions): Json {
  const { reasoning, opaque, details, calls } = turn;
  const field = reasoningField ?? (calls.length > 0 ? (turn.textField ?? neededReasoning) : undefined);
  const text =
    reasoning.length > 0 ? reasoning.join('\n\n') : calls.length > 0 && neededReasoning ? notKept : undefined;
  return {
    ...turn.fields,
    ...(field && text !== undefined && { [field]: text }),
    ...(opaque && { reasoning_opaque: opaque }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
}

function toToolCall(call: Json, id: string, { hasCustomTools = false }: MessageOptions): Json {
  const { type, namespace } = call;
  const name = toFlatName(namespace, asText(call.name) ?? '');
  if (type === 'function_call') {
    // Servers parse it, and some models write '' for no arguments.
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

function orphan({ call_id }: Json, param: string): OpenCompatError {
  return new OpenCompatError('OC_ORPHAN_TOOL_OUTPUT', { callId: quote(call_id) }, { param: `${param}.call_id` });
}
