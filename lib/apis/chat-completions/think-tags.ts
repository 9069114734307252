/** Splits reasoning off a text in which a server left the model's tags: `<think>…</think>` before the answer. */
const openTag = '<think>';
const closeTag = '</think>';

/** Most white space before the opening tag, in characters; more of it is text. */
const maxHeldSpace = 256;

interface TextSink {
  text(delta: string): void;
  reasoning(delta: string): void;
}

/** Tells reasoning from text. Tags count only at the very start, and may come in pieces. */
export class ThinkTags {
  readonly #sink: TextSink;
  #state: 'start' | 'thinking' | 'behind' | 'over' = 'start';
  /** Text that may still become a tag. */
  #held = '';

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** No tag can follow: all further text is text. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  read(piece: string): void {
    const text = this.#held + piece;
    this.#held = '';
    switch (this.#state) {
      case 'start':
        this.#readStart(text);
        break;
      case 'thinking':
        this.#readThinking(text);
        break;
      case 'behind':
        this.#readBehind(text);
        break;
      case 'over':
        if (text) this.#sink.text(text);
        break;
      default:
        this.#state satisfies never;
    }
  }

  /** Called before other content and at the end: releases the held text as it stands. */
  flush(): void {
    const held = this.#held;
    const isThinking = this.#state === 'thinking';
    this.#held = '';
    if (!isThinking) this.#state = 'over';
    if (held === '') return;
    if (isThinking) this.#sink.reasoning(held);
    else this.#sink.text(held);
  }

  #readStart(text: string): void {
    const trimmed = text.trimStart();
    if (trimmed.startsWith(openTag)) {
      this.#state = 'thinking';
      this.#readThinking(trimmed.slice(openTag.length));
    } else if (openTag.startsWith(trimmed) && text.length - trimmed.length <= maxHeldSpace) {
      this.#held = text;
    } else {
      this.#state = 'over';
      if (text) this.#sink.text(text);
    }
  }

  #readThinking(text: string): void {
    const end = text.indexOf(closeTag);
    if (end >= 0) {
      if (end > 0) this.#sink.reasoning(text.slice(0, end));
      this.#state = 'behind';
      this.#readBehind(text.slice(end + closeTag.length));
      return;
    }
    const safe = text.length - endingLength(text);
    this.#held = text.slice(safe);
    if (safe > 0) this.#sink.reasoning(text.slice(0, safe));
  }

  /** The blank lines after the closing tag belong to the tag. */
  #readBehind(text: string): void {
    const trimmed = text.replace(/^[\r\n]+/, '');
    if (trimmed === '') return;
    this.#state = 'over';
    this.#sink.text(trimmed);
  }
}

/** How many characters at the text's end begin the closing tag. */
function endingLength(text: string): number {
  for (let length = Math.min(text.length, closeTag.length - 1); length > 0; length -= 1) {
    if (closeTag.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
