/**
 * Texts of events that are alike, without what they repeat. Of a model's stream nine tenths are the same words over and over: they
 * stand here once, as a shape, and of each event what is its own. Captures are smaller and faster written by it, and the pieces of
 * a text that came in many events stand together (redaction.ts).
 */
import { isOfLogprobs, placesIn, wholeFields } from './fields.ts';

/** What is written of a text. */
export interface PackedText {
  /** What the events of a kind have in common: their text before, between and behind what differs. */
  readonly shapes: readonly (readonly string[])[];
  readonly parts: readonly PackedPart[];
}

/** Text as it is; or events of a shape, one after the other: a column for each place that differs, with its values a line each. */
export type PackedPart = string | readonly [shape: number, ...columns: string[]];

/** Most shapes of a text. */
const maxShapes = 16;
/** Longest event that a shape is made of, in characters; and most places in which its events may differ. */
const maxShapeCharacters = 4096;
const maxSlots = 16;
/** Most kinds of event of which one has been seen, and no second. */
const maxSeen = 32;

const token = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|-?\d[\d.eE+-]*|[^"\d-]+|-/g;
/** What a slot takes: none reaches over the end of a line. */
const stringSlot = '([^"\\\\\\n]*(?:\\\\.[^"\\\\\\n]*)*)';
const numberSlot = '(-?\\d[\\d.eE+-]*)';

/** A place in which the events of a shape differ. */
export interface Slot {
  /** Name of the field of JSON; '': none. */
  readonly name: string;
  readonly isText: boolean;
}

/** Events of a shape, one after the other. */
export interface Rows {
  readonly shape: Shape;
  /** Of each slot: the values, a line each. */
  readonly columns: readonly string[];
}

export class Shape {
  readonly segments: readonly string[];
  readonly slots: readonly Slot[];
  /** The numbers in it that say of which item, and of which part of it, the event is. */
  readonly place: string;
  readonly isOfLogprobs: boolean;
  readonly #pattern: RegExp;

  constructor(segments: readonly string[], slots: readonly Slot[]) {
    this.segments = segments;
    this.slots = slots;
    this.place = placesIn(segments.join(''));
    this.isOfLogprobs = isOfLogprobs(segments.join(''));
    const literals = segments.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('\n', '\\n'));
    const takers = slots.map(({ isText }) => (isText ? stringSlot : numberSlot));
    this.#pattern = new RegExp(literals.map((literal, index) => literal + (takers[index] ?? '')).join(''), 'y');
  }

  /** As many events as there are from there on. @returns the values of each slot, and the place behind the last event */
  take(text: string, at: number): { columns: string[][]; end: number } | undefined {
    const pattern = this.#pattern;
    const columns = this.slots.map((): string[] => []);
    let end = at;
    pattern.lastIndex = at;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      for (let index = 0; index < columns.length; index += 1) columns[index]!.push(found[index + 1]!);
      end = pattern.lastIndex;
    }
    return end > at ? { columns, end } : undefined;
  }
}

/** A text in its parts. */
export interface Packing {
  readonly shapes: readonly Shape[];
  readonly parts: readonly (string | Rows)[];
}

/** Is given a text piece by piece: those of a read are still in the processor's cache. */
export class Packer {
  readonly #shapes: Shape[] = [];
  readonly #parts: (string | { shape: Shape; columns: string[][] })[] = [];
  readonly #seen = new Map<string, Piece[]>();
  /** What ends an event: of Server-Sent Events a blank line. */
  #unitEnd: string | undefined;
  /** The begin of an event whose end has not come. */
  #rest = '';
  /** It is too long for a shape: what came of it is in the parts. */
  #isInLongUnit = false;

  feed(piece: string): void {
    const text = this.#rest + piece;
    this.#unitEnd ??= unitEndIn(text);
    let [at, plainStart] = [0, 0];
    for (let end = this.#endOfUnit(text, at); end > 0; end = this.#endOfUnit(text, at)) {
      const rowsEnd = this.#isInLongUnit ? 0 : this.#takeRows(text, at, end, plainStart);
      this.#isInLongUnit = false;
      if (rowsEnd > 0) plainStart = rowsEnd;
      at = rowsEnd || end;
    }
    this.#isInLongUnit ||= text.length - at > maxShapeCharacters;
    // What ends an event may have come by half.
    const restStart = this.#isInLongUnit ? text.length - 1 : at;
    if (plainStart < restStart) this.#addPlain(text.slice(plainStart, restStart));
    this.#rest = text.slice(restStart);
  }

  /** 0: its end has not come. */
  #endOfUnit(text: string, at: number): number {
    const found = this.#unitEnd === undefined ? -1 : text.indexOf(this.#unitEnd, at);
    return found < 0 ? 0 : found + this.#unitEnd!.length;
  }

  end(): Packing {
    if (this.#rest !== '') this.#addPlain(this.#rest);
    const parts = this.#parts.map((part) =>
      typeof part === 'string' ? part : { shape: part.shape, columns: part.columns.map((values) => values.join('\n')) },
    );
    return { shapes: this.#shapes, parts };
  }

  /** @returns the place behind the events that are of one shape; 0: there is none */
  #takeRows(text: string, at: number, unitEnd: number, plainStart: number): number {
    let shape: Shape | undefined;
    let taken: ReturnType<Shape['take']>;
    for (shape of this.#shapes) {
      taken = shape.take(text, at);
      if (taken) break;
    }
    if (!taken && this.#shapes.length < maxShapes && unitEnd - at <= maxShapeCharacters) {
      shape = learn(text.slice(at, unitEnd), this.#seen);
      taken = shape?.take(text, at);
      if (taken) this.#shapes.push(shape!);
    }
    if (!taken) return 0;
    if (plainStart < at) this.#addPlain(text.slice(plainStart, at));
    this.#addRows(shape!, taken.columns);
    return taken.end;
  }

  #addPlain(text: string): void {
    const last = this.#parts.length - 1;
    if (typeof this.#parts[last] === 'string') this.#parts[last] += text;
    else this.#parts.push(text);
  }

  #addRows(shape: Shape, columns: string[][]): void {
    const values = columns.map((column) => column.join('\n'));
    const last = this.#parts.at(-1);
    if (typeof last === 'object' && last.shape === shape)
      for (const [index, column] of last.columns.entries()) column.push(values[index]!);
    else this.#parts.push({ shape, columns: values.map((value) => [value]) });
  }
}

/** Undefined: no event has ended. */
function unitEndIn(text: string): string | undefined {
  if (text.includes('\n\n')) return '\n\n';
  return text.includes('\n') && !/^(?:event|data|id|retry)?:/.test(text) ? '\n' : undefined;
}

/** A piece of an event: a text or number of JSON, or what stands between. */
interface Piece extends Slot {
  readonly text: string;
  readonly kind: 'name' | 'text' | 'number' | 'between';
}

/** A shape for an event and the one that was most like it. A text that may be a piece of a longer one is a slot in any case. */
function learn(unit: string, seen: Map<string, Piece[]>): Shape | undefined {
  const pieces = readPieces(unit);
  if (!pieces) return undefined;
  const key = pieces.map(keyOf).join('');
  const other = seen.get(key);
  if (seen.size >= maxSeen) seen.clear();
  seen.set(key, pieces);
  if (!other || hasNameTwice(pieces)) return undefined;
  const segments = [''];
  const slots: Slot[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { name, kind, text, isText } = piece;
    const isSlot = (kind === 'text' && !wholeFields.has(name)) || text !== other[index]!.text;
    const quote = isSlot && isText ? '"' : '';
    segments[segments.length - 1] += isSlot ? quote : text;
    if (!isSlot) continue;
    slots.push({ name, isText });
    segments.push(quote);
  }
  return slots.length > 0 && slots.length <= maxSlots ? new Shape(segments, slots) : undefined;
}

/** The columns of two slots would tell nothing of the order of their texts. */
function hasNameTwice(pieces: readonly Piece[]): boolean {
  const names = pieces.filter(({ kind, name }) => kind === 'text' && !wholeFields.has(name)).map(({ name }) => name);
  return new Set(names).size < names.length;
}

/** Equal for events that may be of one shape. */
function keyOf({ kind, text }: Piece): string {
  if (kind === 'text') return '""';
  return kind === 'number' ? '0' : text;
}

/** Only what has quotes around it, or is the number of a field, may become a slot: a secret cannot reach beyond those. */
function readPieces(unit: string): Piece[] | undefined {
  const texts = unit.match(token) ?? [];
  if (texts.join('') !== unit) return undefined;
  return texts.map((text, index): Piece => {
    const [before = '', between = ''] = texts.slice(Math.max(0, index - 2), index).slice(-2);
    const behind = texts[index + 1] ?? '';
    const isText = text.startsWith('"');
    const name = index > 1 && /^\s*:\s*$/.test(between) && before.startsWith('"') ? before.slice(1, -1) : '';
    if (isText) return { text, kind: /^\s*:/.test(behind) ? 'name' : 'text', name, isText };
    const isOfField = /^-?\d/.test(text) && name !== '' && /^[,}\]\s]/.test(behind);
    const isNumber = isOfField && placesIn(`"${name}":${text}`) === '';
    return { text, kind: isNumber ? 'number' : 'between', name, isText };
  });
}

/** @param maxCharacters of the whole text @throws Error for what no text was packed to, and for one that is longer */
export function unpack({ shapes, parts }: PackedText, maxCharacters: number): string {
  let length = 0;
  const count = (characters: number) => {
    length += characters;
    if (length > maxCharacters) throw new Error(`a text of it has more than ${maxCharacters} characters`);
  };
  return parts
    .map((part) => {
      if (typeof part === 'string') {
        count(part.length);
        return part;
      }
      const [index, ...columns] = part;
      const [before = '', ...segments] = shapes[index] ?? [];
      const values = columns.map((column) => column.split('\n'));
      const rows = values[0]?.length ?? 0;
      if (segments.length !== columns.length || rows === 0 || values.some((column) => column.length !== rows))
        throw new Error('a text of it does not fit its shape');
      count(rows * (before.length + segments.join('').length) + columns.join('').length);
      let text = '';
      for (let row = 0; row < rows; row += 1) {
        text += before;
        for (let slot = 0; slot < segments.length; slot += 1) text += values[slot]![row]! + segments[slot]!;
      }
      return text;
    })
    .join('');
}
