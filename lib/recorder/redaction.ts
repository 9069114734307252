/**
 * Takes secrets and personal data out of a capture. Each is replaced by letters of the same number of bytes, so that the framing
 * stays, and equal ones by equal letters, so that what belonged together still does. The letters come from a hash with a salt that
 * nobody keeps.
 */
import { createHash, randomBytes } from 'node:crypto';
import { isSecretName } from '../masking.ts';
import { secretSpans, type TextSpan } from '../public-text.ts';
import type { CapturedHeaders } from './capture.ts';

/** Shorter texts are too common to be looked for: they may be words of the answer. */
const leastSecretCharacters = 8;
/** Of base64: longer runs are pictures, files and sealed reasoning. */
const leastFileCharacters = 2048;
const marker = 'redacted';

/** Names of headers and fields that tell whose account it is. */
const personalName = /account|organi[sz]ation|project|e-?mail|session|^(?:x-)?user(?:[-_]id)?$|forwarded|real-ip/i;
/** A field of JSON whose value is text, also inside a text that is JSON itself. */
const textField = /"([\w.-]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
/** Fields of events that hold no piece of a longer text. */
const wholeFields = new Set(['type', 'id', 'object', 'model', 'item_id', 'role', 'name', 'status', 'call_id']);
/** Ids of answers, their items and calls: they belong together, and open nothing. */
const openId = /^(?:chatcmpl|cmpl|resp|msg|rs|fc|ctc|call|toolu|ws|ig|req)[-_]/;
/** Escapes of JSON in which a secret may hide: of visible ASCII. */
const hidingEscape = /\\u00[2-7]|\\\//i;
const jsonText = /"((?:[^"\\]|\\.)*)"/g;
/** JSON in a text of JSON in a text of JSON: so many times escapes are read. */
const maxDepth = 3;
const placeField = /"(?:index|output_index|content_index|summary_index)"\s*:\s*\d+/g;
/** Most such fields that tell the place of an event; a line with more is no event. */
const maxPlaceFields = 8;

interface Edit extends TextSpan {
  readonly text: string;
}

export interface RedactionOptions {
  /** Are pictures and files kept as they are? Default: their hash and size stand for them. */
  keepsFiles?: boolean;
}

export class Redactor {
  readonly #salt = randomBytes(16);
  readonly #known = new Set<string>();
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

  /** The pieces of one text, in which a secret may stand across their borders. */
  pieces(pieces: readonly Buffer[]): Buffer[] {
    const whole = Buffer.concat(pieces).toString('latin1');
    const edits = this.#edits(whole);
    if (edits.length === 0) return [...pieces];
    let start = 0;
    return pieces.map(({ length }) => {
      const cleaned = cutOut(whole, edits, start, start + length);
      start += length;
      return Buffer.from(cleaned, 'latin1');
    });
  }

  /** In the order of their places, none across another. */
  #edits(whole: string): Edit[] {
    const edits = [...this.#fileEdits(whole), ...this.#spansIn(whole).map((span) => this.#edit(whole, span))];
    edits.push(...this.#fieldEdits(whole), ...this.#escapedEdits(whole));
    edits.sort((a, b) => a.start - b.start || b.end - a.end);
    let end = 0;
    return edits.flatMap((edit) => {
      if (edit.end <= end) return [];
      const kept = edit.start >= end ? edit : { start: end, end: edit.end, text: edit.text.slice(end - edit.start) };
      end = edit.end;
      return [kept];
    });
  }

  #fileEdits(whole: string): Edit[] {
    if (this.#keepsFiles || whole.length < leastFileCharacters) return [];
    const files = whole.matchAll(new RegExp(`[A-Za-z0-9+/]{${leastFileCharacters},}={0,2}`, 'g'));
    return [...files].map(({ 0: text, index }) => ({
      start: index,
      end: index + text.length,
      text: describeFile(text),
    }));
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
  #escapedEdits(whole: string): Edit[] {
    if (!hidingEscape.test(whole)) return [];
    return [...whole.matchAll(jsonText)]
      .filter(({ 1: value = '' }) => hidingEscape.test(value))
      .flatMap(({ 1: value = '', index }) =>
        this.#editsAcross(whole, [{ start: index + 1, end: index + 1 + value.length }]),
      );
  }

  /** Of fields by their names, and of texts that came in several fields: the deltas of a stream. */
  #fieldEdits(whole: string): Edit[] {
    const edits: Edit[] = [];
    const texts = new Map<string, TextSpan[]>();
    let lineStart = 0;
    for (const line of whole.split('\n')) {
      const place = (line.match(placeField) ?? []).slice(0, maxPlaceFields).join();
      for (const match of line.matchAll(textField)) {
        const [field, name = '', value = ''] = match;
        const end = lineStart + match.index + field.length - 1;
        const span = { start: end - value.length, end };
        if (value === '') continue;
        if (isPersonal(name) && !(name === 'token' && isOfLogprobs(whole, span))) edits.push(this.#edit(whole, span));
        if (wholeFields.has(name)) continue;
        const key = `${name} ${place}`;
        const known = texts.get(key);
        if (known) known.push(span);
        else texts.set(key, [span]);
      }
      lineStart += line.length + 1;
    }
    for (const spans of texts.values()) if (spans.length > 1) edits.push(...this.#editsAcross(whole, spans));
    return edits;
  }

  #editsAcross(whole: string, parts: readonly TextSpan[]): Edit[] {
    const joined = parts.map(({ start, end }) => whole.slice(start, end)).join('');
    return this.#spansBehindEscapes(joined).flatMap((span) => {
      const { text } = this.#edit(joined, span);
      const edits: Edit[] = [];
      let at = 0;
      for (const { start, end } of parts) {
        const from = Math.max(span.start, at);
        const to = Math.min(span.end, at + end - start);
        if (from < to)
          edits.push({
            start: start + from - at,
            end: start + to - at,
            text: text.slice(from - span.start, to - span.start),
          });
        at += end - start;
      }
      return edits;
    });
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
    const hash = createHash('sha256').update(this.#salt).update(text, 'latin1').digest('hex');
    // Letters only: digits could look like another secret.
    const letters = hash.replace(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)));
    const { length } = text;
    const begun = length >= 2 * marker.length ? marker : '';
    return (begun + letters.repeat(Math.ceil(length / letters.length))).slice(0, length);
  }
}

/** Patterns look at bytes, and may stop within a character of several. */
function toWholeCharacters(text: string, { start, end }: TextSpan): TextSpan {
  const isWithin = (at: number) => (text.charCodeAt(at) & 0xc0) === 0x80 && text.charCodeAt(at) < 0xc0;
  let [from, to] = [start, end];
  while (from > 0 && isWithin(from)) from -= 1;
  while (to < text.length && isWithin(to)) to += 1;
  return { start: from, end: to };
}

/** What a text of JSON says, and for each of its places, and its end, where that stands. */
function unescapeJson(text: string): { text: string; places: number[] } {
  const parts: string[] = [];
  const places: number[] = [];
  for (const { 0: part, 1: code, 2: escaped, index } of text.matchAll(/\\(?:u([0-9a-f]{4})|(.))|[^\\]+|\\/gis)) {
    const isEscape = code !== undefined || escaped !== undefined;
    parts.push(code === undefined ? (escaped ?? part) : String.fromCharCode(Number.parseInt(code, 16)));
    if (isEscape) places.push(index);
    else for (let at = 0; at < part.length; at += 1) places.push(index + at);
  }
  places.push(text.length);
  return { text: parts.join(''), places };
}

/** How far from a token its probability is looked for, in characters. */
const maxLogprobDistance = 500;

/** A piece of the answer's text with its probability, and no key. */
function isOfLogprobs(whole: string, { start, end }: TextSpan): boolean {
  const before = whole.slice(Math.max(0, start - maxLogprobDistance), start);
  const after = whole.slice(end, end + maxLogprobDistance);
  const close = after.indexOf('}');
  return close >= 0 && `${before.slice(before.lastIndexOf('{'))}${after.slice(0, close)}`.includes('"logprob"');
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

/** The text from `start` to `end` with its edits: what an edit has beyond a border stays on its own side. */
function cutOut(whole: string, edits: readonly Edit[], start: number, end: number): string {
  let text = '';
  let at = start;
  for (const edit of edits) {
    if (edit.end <= at) continue;
    if (edit.start >= end) break;
    text += whole.slice(at, Math.max(at, edit.start));
    const isSameLength = edit.text.length === edit.end - edit.start;
    const to = Math.min(edit.end, end);
    if (isSameLength) text += edit.text.slice(Math.max(0, at - edit.start), to - edit.start);
    else if (edit.start >= start) text += edit.text;
    at = to;
  }
  return text + whole.slice(at, end);
}
