/**
 * Takes secrets and personal data out of a capture. Each is replaced by letters of the same number of bytes, so that the framing
 * stays, and equal ones by equal letters, so that what belonged together still does. The letters come from a hash with a salt that
 * nobody keeps.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { isSecretName } from '../masking.ts';
import { findRuns, secretSpans, type TextSpan, toCharacters } from '../public-text.ts';
import { type CapturedContent, type CapturedHeaders, toCapturedBytes } from './capture.ts';
import { createCutter, type Edit, settle, spreadEdits, toWholeCharacters, unescapeJson } from './edits.ts';
import { isBesideLogprob, type TextField, textFieldsIn, valuesOf, wholeFields } from './fields.ts';
import { type PackedPart, type PackedText, Packer, type Packing } from './packed-text.ts';
import { type Sheet, SheetBuilder } from './sheet.ts';

/** Shorter texts are too common to be looked for: they may be words of the answer. */
const leastSecretCharacters = 8;
/** Of base64: longer runs are pictures, files and sealed reasoning. */
const leastFileCharacters = 2048;
const fileCharacters = toCharacters(/[A-Za-z0-9+/]/);
/** Shorter texts are written as they are, in bytes. */
const leastPackedBytes = 4096;
const marker = 'redacted';

/** Names of headers and fields that tell whose account it is. */
const personalName = /account|organi[sz]ation|project|e-?mail|session|^(?:x-)?user(?:[-_]id)?$|forwarded|real-ip/i;
/** Ids of answers, their items and calls: they belong together, and open nothing. */
const openId = /^(?:chatcmpl|cmpl|resp|msg|rs|fc|ctc|call|toolu|ws|ig|req)[-_]/;
/** Escapes of JSON in which a secret may hide: of visible ASCII. */
const hidingEscape = /\\u00[2-7]|\\\//i;
const jsonText = /"([^"\\]*(?:\\.[^"\\]*)*)"/g;
/** JSON in a text of JSON in a text of JSON: so many times escapes are read. */
const maxDepth = 3;

/** Bytes without their secrets, and the lengths of what was read at a time. */
export interface CleanedBytes {
  readonly content: CapturedContent;
  readonly lengths: readonly number[];
}

export interface RedactionOptions {
  /** Are pictures and files kept as they are? Default: their hash and size stand for them. */
  keepsFiles?: boolean;
}

export class Redactor {
  readonly #salt = randomBytes(16);
  readonly #known = new Set<string>();
  readonly #masks = new Map<string, string>();
  readonly #keepsFiles: boolean;

  constructor({ keepsFiles = false }: RedactionOptions = {}) {
    this.#keepsFiles = keepsFiles;
  }

  /** Names a secret, which is then taken out wherever it stands. */
  know(value: string): void {
    const secret = value.replace(/^(?:bearer|basic|token)\s+/i, '').trim();
    if (secret.length >= leastSecretCharacters) this.#known.add(Buffer.from(secret).toString('latin1'));
  }

  /** Learns the secrets that headers hold. */
  learn(headers: CapturedHeaders): void {
    for (const [name, value] of Object.entries(headers)) {
      if (isPersonal(name)) for (const text of [value].flat()) this.know(text);
    }
  }

  headers(headers: CapturedHeaders): CapturedHeaders {
    const clean = (name: string, text: string) => (isPersonal(name) ? this.#mask(text) : this.text(text));
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? clean(name, value) : value.map((text) => clean(name, text)),
      ]),
    );
  }

  /** A path or URL, with its query. */
  path(path: string): string {
    const cleaned = path
      .replace(/(\/\/)([^/?#\s]*)@/, (_whole, slashes: string, user: string) => `${slashes}${this.#mask(user)}@`)
      .replace(/([?&])([^=&#]*)=([^&#]*)/g, (whole, mark: string, name: string, value: string) =>
        isPersonal(name) ? `${mark}${name}=${this.#mask(value)}` : whole,
      );
    return this.text(cleaned);
  }

  text(text: string): string {
    return this.pieces([Buffer.from(text)])[0]!.toString();
  }

  /** A copy of a value of JSON. */
  json(value: unknown): unknown {
    return value === undefined ? undefined : JSON.parse(this.text(JSON.stringify(value)));
  }

  /** The bytes of one text, in which a secret may stand across what was read at a time. */
  bytes(reads: readonly Buffer[]): CleanedBytes {
    const packing = this.#pack(reads);
    if (packing)
      return { content: { packed: this.#cleanPacking(packing) }, lengths: reads.map(({ length }) => length) };
    const pieces = this.pieces(reads);
    return { content: toCapturedBytes(Buffer.concat(pieces)), lengths: pieces.map(({ length }) => length) };
  }

  /** Undefined where nothing is gained, and where files are to be taken out: with them, lengths change. */
  #pack(reads: readonly Buffer[]): Packing | undefined {
    if (reads.reduce((sum, { length }) => sum + length, 0) < leastPackedBytes) return undefined;
    if (!reads.every(isAscii) && !isUtf8(Buffer.concat(reads))) return undefined;
    const packer = new Packer();
    for (const read of reads) packer.feed(read.toString('latin1'));
    const { shapes, parts } = packer.end();
    if (shapes.length === 0) return undefined;
    const texts = parts.flatMap((part) => (typeof part === 'string' ? [part] : part.columns));
    const hasFile =
      !this.#keepsFiles && texts.some((text) => findRuns(text, fileCharacters, leastFileCharacters).length > 0);
    return hasFile ? undefined : { shapes, parts };
  }

  /** In a text of its columns, whose secrets have the places that they have in the whole: each change keeps the length. */
  #cleanPacking({ shapes, parts }: Packing): PackedText {
    const sheet = new SheetBuilder();
    const laid = parts.map((part) => (typeof part === 'string' ? [sheet.addPlain(part)] : sheet.addRows(part)));
    const laidShapes = shapes.map(({ segments }) => sheet.addShape(segments));
    const { text } = sheet;
    const edits = this.#edits({ text, plain: sheet.plain, fields: sheet.fields });
    const cut = createCutter(text, edits);
    const cleaned = ({ start, end }: TextSpan) => Buffer.from(cut(start, end), 'latin1').toString();
    return {
      shapes: laidShapes.map((segments) => segments.map(cleaned)),
      parts: parts.map((part, index): PackedPart => {
        const texts = laid[index]!.map(cleaned);
        return typeof part === 'string' ? texts[0]! : [shapes.indexOf(part.shape), ...texts];
      }),
    };
  }

  /** The pieces of one text, in which a secret may stand across their borders. */
  pieces(pieces: readonly Buffer[]): Buffer[] {
    const text = Buffer.concat(pieces).toString('latin1');
    const whole = { start: 0, end: text.length };
    const edits = this.#edits({ text, plain: [whole], fields: textFieldsIn(text) });
    if (edits.length === 0) return [...pieces];
    const cut = createCutter(text, edits);
    let start = 0;
    return pieces.map(({ length }) => {
      const cleaned = cut(start, start + length);
      start += length;
      return Buffer.from(cleaned, 'latin1');
    });
  }

  #edits(sheet: Sheet): Edit[] {
    const { text: whole } = sheet;
    const edits = this.#fileEdits(whole);
    for (const span of this.#spansIn(whole)) edits.push(this.#edit(whole, span));
    for (const edit of this.#fieldEdits(sheet)) edits.push(edit);
    for (const edit of this.#escapedEdits(sheet)) edits.push(edit);
    return settle(edits);
  }

  #fileEdits(whole: string): Edit[] {
    if (this.#keepsFiles) return [];
    return findRuns(whole, fileCharacters, leastFileCharacters).map(({ start, end: runEnd }) => {
      const end = runEnd + /^={0,2}/.exec(whole.slice(runEnd, runEnd + 2))![0].length;
      return { start, end, text: describeFile(whole.slice(start, end)) };
    });
  }

  #spansIn(text: string): TextSpan[] {
    const isOpen = ({ start, end }: TextSpan) =>
      openId.test(text.slice(start, start + 10)) || (this.#keepsFiles && end - start >= leastFileCharacters);
    const spans = secretSpans(text).filter((span) => !isOpen(span));
    for (const secret of this.#known) {
      for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
        spans.push({ start: at, end: at + secret.length });
    }
    return spans.map((span) => toWholeCharacters(text, span));
  }

  /** Of secrets that are written with escapes (`someone\\u0040example.com`). */
  #escapedEdits({ text: whole, plain, fields }: Sheet): Edit[] {
    if (!hidingEscape.test(whole)) return [];
    const inPlain = plain.flatMap(({ start, end }) =>
      [...whole.slice(start, end).matchAll(jsonText)].map(({ 1: { length } = '', index }) => ({
        start: start + index + 1,
        end: start + index + 1 + length,
      })),
    );
    return [...inPlain, ...fields.filter(({ isColumn }) => isColumn)]
      .filter(({ start, end }) => hidingEscape.test(whole.slice(start, end)))
      .flatMap(({ start, end }) => this.#editsAcross(whole, [{ start, end }]));
  }

  /** Of fields by their names, and of texts that came in several fields: the deltas of a stream. */
  #fieldEdits({ text: whole, fields }: Sheet): Edit[] {
    const edits: Edit[] = [];
    const texts = new Map<string, TextField[]>();
    for (const field of fields) {
      const { name, place } = field;
      if (isPersonal(name) && !(name === 'token' && isBesideLogprob(whole, field)))
        for (const span of valuesOf(whole, field)) edits.push(this.#edit(whole, span));
      if (wholeFields.has(name)) continue;
      const key = `${name} ${place}`;
      const known = texts.get(key);
      if (known) known.push(field);
      else texts.set(key, [field]);
    }
    for (const pieces of texts.values()) {
      if (pieces.length === 1 && !pieces[0]!.isColumn) continue;
      for (const edit of this.#editsAcross(whole, pieces)) edits.push(edit);
    }
    return edits;
  }

  /** Of a text that stands in several places. */
  #editsAcross(whole: string, fields: readonly (TextSpan & Partial<TextField>)[]): Edit[] {
    const joined = fields
      .map(({ start, end, isColumn }) =>
        isColumn ? whole.slice(start, end).replaceAll('\n', '') : whole.slice(start, end),
      )
      .join('');
    const spans = this.#spansBehindEscapes(joined);
    if (spans.length === 0) return [];
    const parts = fields.flatMap((field) => valuesOf(whole, field));
    return spreadEdits(
      spans.map((span) => this.#edit(joined, span)),
      parts,
    );
  }

  #spansBehindEscapes(text: string): TextSpan[] {
    const spans = this.#spansIn(text);
    let read = text;
    let places: readonly number[] | undefined;
    for (let depth = 0; depth < maxDepth && hidingEscape.test(read); depth += 1) {
      const unescaped = unescapeJson(read);
      const outer = places;
      places = outer ? unescaped.places.map((place) => outer[place]!) : unescaped.places;
      read = unescaped.text;
      for (const { start, end } of this.#spansIn(read)) spans.push({ start: places[start]!, end: places[end]! });
    }
    return spans;
  }

  #edit(whole: string, { start, end }: TextSpan): Edit {
    return { start, end, text: this.#mask(whole.slice(start, end)) };
  }

  #mask(text: string): string {
    let mask = this.#masks.get(text);
    if (mask === undefined) {
      const hash = createHash('sha256').update(this.#salt).update(text, 'latin1').digest('hex');
      // Letters only: digits could look like another secret.
      const letters = hash.replace(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)));
      const { length } = text;
      const begun = length >= 2 * marker.length ? marker : '';
      mask = (begun + letters.repeat(Math.ceil(length / letters.length))).slice(0, length);
      this.#masks.set(text, mask);
    }
    return mask;
  }
}

function isPersonal(name: string): boolean {
  // `max_tokens`, `top_tokens`: the field's word for what models count.
  return (isSecretName(name) && !/tokens|tokenizer/i.test(name)) || personalName.test(name);
}

/** Itself in the alphabet of base64, so that what decodes it still can. */
function describeFile(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const description = `sha256/${hash}/${Math.floor((text.length * 3) / 4)}/bytes`;
  return description.padEnd(Math.ceil(description.length / 4) * 4, '/');
}
