/** The message of an answer that is passed on as it comes, put together as Anthropic's own SDK does it. */
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { AnswerKeeper, KeepMessage } from '../api.ts';

/** The fields of a block that grow by pieces, by the kind of piece and its field. */
const textDeltas: Readonly<Record<string, readonly [deltaField: string, blockField: string]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
  compaction_delta: ['content', 'content'],
};

/** @param keep called with the message when all of it has come */
export function createMessageKeeper(keep: KeepMessage): AnswerKeeper {
  return new MessageKeeper(keep);
}

class MessageKeeper implements AnswerKeeper {
  readonly #keep: KeepMessage;
  #id: string | undefined;
  readonly #blocks: Json[] = [];
  /** The pieces of the last block's field that grows now. */
  #pieces: string[] = [];
  #field = '';

  constructor(keep: KeepMessage) {
    this.#keep = keep;
  }

  takeWhole({ id, content }: Json): void {
    if (typeof id === 'string' && Array.isArray(content)) this.#keep({ id, content });
  }

  takeEvent(event: Json): void {
    switch (event.type) {
      case 'message_start':
        this.#id = asText(asObject(event.message)?.id);
        break;
      case 'content_block_start':
        this.#blocks.push({ ...asObject(event.content_block) });
        break;
      case 'content_block_delta':
        this.#grow(asObject(event.delta) ?? {});
        break;
      case 'content_block_stop':
        this.#close();
        break;
      case 'message_stop':
        if (this.#id !== undefined) this.#keep({ id: this.#id, content: this.#blocks });
        break;
    }
  }

  #grow(delta: Json): void {
    const block = this.#blocks.at(-1);
    const kind = String(delta.type);
    if (!block) return;
    if (kind === 'input_json_delta') this.#add('input', delta.partial_json);
    else if (kind === 'citations_delta') {
      block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation];
    } else if (Object.hasOwn(textDeltas, kind)) {
      const [from, to] = textDeltas[kind]!;
      this.#add(to, delta[from]);
    }
  }

  #add(field: string, piece: unknown): void {
    if (field !== this.#field) this.#close();
    this.#field = field;
    if (typeof piece === 'string') this.#pieces.push(piece);
  }

  #close(): void {
    const block = this.#blocks.at(-1);
    const text = this.#pieces.join('');
    if (block && this.#field === 'input') block.input = parseObject(text) ?? block.input ?? {};
    else if (block && this.#field !== '') block[this.#field] = `${asText(block[this.#field]) ?? ''}${text}`;
    this.#pieces = [];
    this.#field = '';
  }
}
