/** The text in which a capture's packed text is looked through for secrets. */
import type { TextSpan } from '../public-text.ts';
import { type TextField, textFieldsIn } from './fields.ts';
import type { Rows } from './packed-text.ts';

/** A text with its fields. `plain`: the parts of it that stand as they came; the others are columns. */
export interface Sheet {
  readonly text: string;
  readonly plain: readonly TextSpan[];
  readonly fields: readonly TextField[];
}

/** Lays texts one behind the other, and tells where. */
export class SheetBuilder implements Sheet {
  readonly #texts: string[] = [];
  #length = 0;
  readonly plain: TextSpan[] = [];
  readonly fields: TextField[] = [];

  get text(): string {
    return this.#texts.join('');
  }

  addPlain(text: string): TextSpan {
    const span = this.#lay(text);
    this.#addPlain(text, span);
    return span;
  }

  /** @returns where each column stands */
  addRows({ shape: { slots, place, isOfLogprobs }, columns }: Rows): TextSpan[] {
    return columns.map((column, index) => {
      const { name, isText } = slots[index]!;
      const span = this.#lay(column);
      this.#lay('\n');
      if (isText) this.fields.push({ name, place, ...span, isColumn: true, isOfLogprobs });
      return span;
    });
  }

  /** As an event in which nothing differs. @returns where each segment stands */
  addShape(segments: readonly string[]): TextSpan[] {
    const spans = segments.map((segment) => this.#lay(segment));
    this.#addPlain(segments.join(''), { start: spans[0]!.start, end: spans.at(-1)!.end });
    this.#lay('\n');
    return spans;
  }

  #addPlain(text: string, span: TextSpan): void {
    this.plain.push(span);
    for (const field of textFieldsIn(text))
      this.fields.push({ ...field, start: field.start + span.start, end: field.end + span.start });
  }

  #lay(text: string): TextSpan {
    this.#texts.push(text);
    const start = this.#length;
    this.#length += text.length;
    return { start, end: this.#length };
  }
}
