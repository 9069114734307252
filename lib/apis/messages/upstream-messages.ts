/**
 * Canonical input items → Anthropic's system text and messages: one message for each turn of a side, an assistant turn's
 * thinking first, and the results of its calls at the start of the next message.
 */
import { usualMaxValues, ValueBudget } from '../../bounded-json.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { ToolArguments } from '../../tool-arguments.ts';
import { DistinctIds } from '../call-ids.ts';
import { toFlatName } from '../chat-completions/flat-tools.ts';
import { withOneOutputEach } from '../doubled-outputs.ts';
import { passOver } from '../foreign-items.ts';
import { toTrueDataUrl } from '../pictures.ts';
import { readKeptThinking } from './kept-thinking.ts';

interface Turn {
  role: 'user' | 'assistant';
  /** Blocks that have to stand first: thinking, or results of calls. */
  first: Json[];
  content: Json[];
}

/** The text of a missing first user message: the API wants a conversation to begin with the user. */
const beginning: Json = { type: 'text', text: '(The conversation begins.)' };

/**
 * Makes ids that Anthropic takes: of letters, digits, `_` and `-`, each used once. Some models reuse an id in a later turn; a
 * result belongs to the oldest call with its id that still lacks one.
 */
class ToolUseIds {
  readonly #distinct = new DistinctIds();
  /** By call id: the ids of its calls, and how many of them have their result. */
  readonly #calls = new Map<unknown, { ids: string[]; answered: number }>();

  ofCall(callId: unknown): string {
    const id = this.#distinct.take(toToolUseId(callId));
    const calls = this.#calls.get(callId);
    if (calls) calls.ids.push(id);
    else this.#calls.set(callId, { ids: [id], answered: 0 });
    return id;
  }

  ofResult(callId: unknown): string {
    const calls = this.#calls.get(callId);
    const id = calls?.ids[calls.answered];
    if (!calls || id === undefined) return toToolUseId(callId);
    calls.answered += 1;
    return id;
  }
}

function toToolUseId(id: unknown): string {
  return String(id ?? '').replace(/[^A-Za-z0-9_-]/g, '_') || 'call';
}

/**
 * @param ignore names what is left out
 * @throws OpenCompatError OC_UNSUPPORTED_VALUE for content that the API has no form for
 */
export function toMessages(
  { input, instructions }: CanonicalRequest,
  ignore: (param: string) => void,
): { system: Json[]; messages: Json[] } {
  const conversation = new Conversation(instructions, ignore);
  withOneOutputEach(input as unknown as Json[]).forEach((item, index) => {
    if (item) conversation.add(item, `input[${index}]`);
  });
  const { system, turns } = conversation;
  const messages = turns
    .map(({ role, first, content }) => ({ role, content: [...first, ...withoutTrailingSpace(role, content)] }))
    .filter(({ content }) => content.length > 0);
  // Instructions alone become the user's message.
  if (messages.length === 0)
    messages.push({ role: 'user', content: system.length > 0 ? system.splice(0) : [beginning] });
  else if (messages[0]!.role === 'assistant') messages.unshift({ role: 'user', content: [beginning] });
  return { system, messages };
}

class Conversation {
  readonly system: Json[] = [];
  readonly turns: Turn[] = [];
  readonly #ids = new ToolUseIds();
  readonly #arguments = new ToolArguments();
  /** For the thinking that was kept. */
  readonly #budget = new ValueBudget(usualMaxValues);

  readonly #ignore: (param: string) => void;

  constructor(instructions: string | null | undefined, ignore: (param: string) => void) {
    this.#ignore = ignore;
    if (instructions) this.system.push(...toText(instructions));
  }

  add(item: Json, param: string): void {
    switch (item.type ?? 'message') {
      case 'message': {
        const blocks = toBlocks(item.content, `${param}.content`);
        const isSystem = item.role !== 'assistant' && item.role !== 'user' && this.turns.length === 0;
        const target = isSystem ? this.system : this.#turnOf(item.role === 'assistant' ? 'assistant' : 'user').content;
        // Not spread into one call: there may be more of them than a call takes.
        for (const block of blocks) target.push(block);
        break;
      }
      case 'reasoning': {
        const thinking = readKeptThinking(item.encrypted_content, this.#budget);
        // After the first text or call of a turn, thinking stays at its place.
        if (thinking) this.#turnOf('assistant').content.push(thinking);
        break;
      }
      case 'function_call':
        this.#addCall(item, this.#toInput(asText(item.arguments) ?? '{}', param));
        break;
      case 'custom_tool_call':
        this.#addCall(item, { input: item.input ?? '' });
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#turnOf('user').first.push({
          type: 'tool_result',
          tool_use_id: this.#ids.ofResult(item.call_id),
          content: typeof item.output === 'string' ? item.output : toBlocks(item.output, `${param}.output`),
        });
        break;
      default:
        passOver(item, param, this.#ignore);
    }
  }

  #addCall({ call_id, name, namespace }: Json, input: Json): void {
    const id = this.#ids.ofCall(call_id);
    const flatName = toFlatName(namespace, asText(name) ?? '');
    this.#turnOf('assistant').content.push({ type: 'tool_use', id, name: flatName, input });
  }

  #toInput(args: string, param: string): Json {
    return asObject(this.#arguments.parse(args, `${param}.arguments`)) ?? {};
  }

  #turnOf(role: Turn['role']): Turn {
    let turn = this.turns.at(-1);
    if (turn?.role !== role) {
      turn = { role, first: [], content: [] };
      this.turns.push(turn);
    }
    return turn;
  }
}

/** The API refuses a last assistant text that ends with white space. */
function withoutTrailingSpace(role: Turn['role'], content: readonly Json[]): Json[] {
  const last = content.at(-1);
  if (role !== 'assistant' || last?.type !== 'text') return [...content];
  return [...content.slice(0, -1), { ...last, text: String(last.text).trimEnd() }];
}

function toBlocks(content: unknown, param: string): Json[] {
  if (typeof content === 'string') return toText(content);
  if (!Array.isArray(content)) return [];
  return content.flatMap((part, index) => toBlock(asObject(part) ?? {}, `${param}[${index}]`));
}

/** The API refuses texts of white space only. */
function toText(text: unknown): Json[] {
  return typeof text === 'string' && text.trim() !== '' ? [{ type: 'text', text }] : [];
}

function toBlock(part: Json, param: string): Json[] {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return toText(part.text);
    case 'refusal':
      return toText(part.refusal);
    case 'input_image':
      return [{ type: 'image', source: toSource(part.image_url, `${param}.image_url`) }];
    case 'input_file':
      return [toDocument(part, param)];
    default: {
      const reason = `The upstream takes no content of the type '${String(part.type).slice(0, 100)}'.`;
      throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param: `${param}.type` });
    }
  }
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=-]+)*;base64,(.*)$/s;

function toSource(url: unknown, param: string): Json {
  const text = asText(url) && toTrueDataUrl(url as string);
  const [, media_type, data] = (text && dataUrl.exec(text)) || [];
  if (data !== undefined) return { type: 'base64', media_type: media_type ?? 'image/png', data };
  if (text && /^https?:/i.test(text)) return { type: 'url', url: text };
  const reason = 'The upstream takes an https URL or a data URL.';
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param });
}

function toDocument({ file_data, file_url, filename }: Json, param: string): Json {
  const title = asText(filename);
  const about = title ? { title } : {};
  if (asText(file_url)) return { type: 'document', source: { type: 'url', url: file_url }, ...about };
  const [, media_type = 'application/pdf', data] = dataUrl.exec(asText(file_data) ?? '') ?? [];
  if (data === undefined) {
    const reason = 'The upstream takes files as a data URL or by their address.';
    throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param: `${param}.file_data` });
  }
  if (media_type.startsWith('text/')) {
    const text = Buffer.from(data, 'base64').toString();
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...about };
  }
  return { type: 'document', source: { type: 'base64', media_type, data }, ...about };
}
