/** Makes text of clients, upstreams, files and plugins safe for its place: an answer, a header, a log line. */

const maxCharacters = 1000;
/** Most characters that are read, so that a body of megabytes costs no more than a sentence. */
const maxInputCharacters = 4 * maxCharacters;

/** Where something stands in a text: UTF-16 units, `end` behind the last. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * None reaches over a backslash, so that texts in JSON stay texts. Each begins with a character or a word that texts seldom have:
 * an engine skips to it, and whole captures are searched (measured 2026-11: tenfold). Where
 * a pattern has a group `secret`, that alone is found; a `prefix` belongs to what is found. What looks ahead is bounded: else a
 * long run of `sk-` would take time that grows with its square.
 */
const removals: readonly RegExp[] = [
  /\bbearer\s+(?=(?<secret>[^\s"',;\\]+))/gi,
  /(?<=(?<prefix>[^\s"'<>()\\]{1,64}))@[^\s"'<>()\\]+/g,
  // Copilot's tokens.
  /\btid=[^\s"',]+/gi,
  // JSON Web Tokens, and the prefixes of keys, refresh tokens, accounts, users and organisations.
  /eyJ[\w-]+(?:\.[\w-]*)*/g,
  /(?<=(?<![a-z0-9])(?<prefix>sk|rt|gh[a-z]|sess|acct|acc|account|user|org|proj))[-_](?=[\w.-]{0,256}\d)[\w.-]{8,}/gi,
  // UUIDs.
  /(?<=(?<prefix>[0-9a-fA-F]{8}))-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/g,
];

/** Any other unbroken run of this length with a digit is too long for a word, in characters. */
const leastRun = 40;
const runCharacters = toCharacters(/[\w+/=~-]/);

/** Of visible ASCII: 1 for each code that fits. */
export function toCharacters(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
}

/** Unbroken runs of such characters. Looks at one character in `leastLength`: only a run reaches from one to the next. */
export function findRuns(text: string, characters: Uint8Array, leastLength: number): TextSpan[] {
  const spans: TextSpan[] = [];
  const isOfRun = (at: number) => characters[text.charCodeAt(at)] === 1;
  let least = 0;
  for (let at = leastLength - 1; at < text.length; at = least + leastLength - 1) {
    let before = at;
    while (before >= least && isOfRun(before)) before -= 1;
    least = before + 1;
    if (at - before < leastLength) continue;
    let end = at + 1;
    while (isOfRun(end)) end += 1;
    spans.push({ start: least, end });
    least = end;
  }
  return spans;
}

/** The secrets and personal data in a text of any length, which may hold JSON. They may overlap. */
export function secretSpans(text: string): TextSpan[] {
  const runs = findRuns(text, runCharacters, leastRun);
  const spans = runs.filter(({ start, end }) => /\d/.test(text.slice(start, end)));
  for (const pattern of removals) {
    for (const { 0: whole, index, groups } of text.matchAll(pattern)) {
      const { prefix = '', secret } = groups ?? {};
      const end = index + whole.length;
      spans.push(secret ? { start: end, end: end + secret.length } : { start: index - prefix.length, end });
    }
  }
  return spans;
}

/** The text with something else in the places of its secrets. */
function withoutSecrets(text: string): string {
  const spans = secretSpans(text).sort((a, b) => a.start - b.start);
  let [kept, at] = ['', 0];
  for (const { start, end } of spans) {
    if (start >= at) kept += `${text.slice(at, start)}[removed]`;
    at = Math.max(at, end);
  }
  return kept + text.slice(at);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f]+/g;

/**
 * What an upstream wrote, for a client: without markup, secrets and personal data. '' for values other than text, and for pages
 * of HTML.
 */
export function publicText(value: unknown): string {
  if (typeof value !== 'string') return '';
  const given = value.slice(0, maxInputCharacters);
  if (/<\s*(?:!doctype|html|head|body|script|div)\b/i.test(given)) return '';
  const text = withoutSecrets(given).replace(controlCharacters, ' ').trim();
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}

/** Longest name in a header, in bytes. */
const maxHeaderName = 256;
/** Longest list in a header, in bytes: heads of more than 8 KiB in all break at proxies and clients. */
const maxHeaderList = 2048;
/** All but visible ASCII and the space: Node refuses some of them, and intermediaries change the others. */
const unfitForHeader = /[^\x20-\x7e]/gu;

/**
 * A text for the value of a header (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5): visible ASCII, other
 * characters as percent-encoded UTF-8, at most `maxBytes`.
 */
export function headerText(text: string, maxBytes = maxHeaderName): string {
  const fit = text
    .slice(0, maxBytes + 1)
    .replace(unfitForHeader, (character) => encodeURIComponent(character.toWellFormed()));
  return fit.length > maxBytes ? `${fit.slice(0, maxBytes - 3)}...` : fit;
}

/** Names for a header, separated by commas; those that do not fit are counted: `a, b, and 4998 more`. */
export function headerList(names: Iterable<string>): string {
  const all = [...names];
  const shown: string[] = [];
  let bytes = 0;
  for (const name of all) {
    const text = headerText(name).replaceAll(',', '%2C');
    bytes += text.length + 2;
    if (bytes > maxHeaderList) break;
    shown.push(text);
  }
  if (shown.length < all.length) shown.push(`and ${all.length - shown.length} more`);
  return shown.join(', ');
}

/** Characters that end a line, move a cursor or change the direction of the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unfitForLog = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Longest text of a log line's field, in UTF-16 units. */
const maxLogText = 4096;

/** A text for a log line: characters that could end the line or act on a terminal become escapes (`\u001b`). */
export function logText(text: string): string {
  const shown = text.length > maxLogText ? `${text.slice(0, maxLogText)}… (${text.length} characters)` : text;
  return shown.replace(unfitForLog, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As much of a sentence as a log line shows. */
const maxLogSentence = 300;

/** Somebody's sentence as the value of a log field: shortened, and without anything that looks like another field (`status=200`). */
export function logSentence(text: string): string {
  return logText(text.slice(0, maxLogSentence)).replace(/\s*=\s*/g, ' = ');
}
