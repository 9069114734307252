/** Pictures by their first bytes: what clients say of their kind is often another one, or nothing. */

import { asObject, type Json } from '../lenient-json.ts';

/** How the base64 of a file begins that has the kind's magic bytes. */
const kinds: readonly [string, RegExp][] = [
  ['png', /^iVBORw0KGgo/],
  ['jpeg', /^\/9j\//],
  ['gif', /^R0lGOD/],
  // `RIFF`, four bytes of length, `WEBP`.
  ['webp', /^UklG.{7}XRUJQ/],
];

/** Names that are in use for a kind beside its own. */
const otherNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
};

/** As much of a data URL as holds its head and the magic bytes of a picture, in characters. */
const maxHeadCharacters = 512;

/** The kind of a picture in base64, as its media type says it after `image/`; undefined for one that is not known here. */
export function pictureKind(base64: string): string | undefined {
  return kinds.find(([, start]) => start.test(base64))?.[0];
}

/**
 * The media type that a picture's first bytes tell, or the name that upstreams know for the given one; undefined if neither
 * is known.
 * @param named in lower case
 */
function trueMediaType(base64: string, named: string): string | undefined {
  const kind = pictureKind(base64.slice(0, maxHeadCharacters).trimStart());
  return kind ? `image/${kind}` : otherNames[named];
}

/** The data URL of a drawn picture. @param format as OpenAI names it: `png`, `svg` */
export function toPictureUrl(format: unknown, base64: string): string {
  return `data:image/${format === 'svg' ? 'svg+xml' : format};base64,${base64}`;
}

const unusualBase64 = /[\s_-]/;

/** Without line ends (MIME's form, RFC 2045 §6.8) and in the standard alphabet (RFC 4648 §4); strict upstreams know no other. */
function toPlainBase64(text: string): string {
  return unusualBase64.test(text) ? text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/') : text;
}

/**
 * A picture's address; a data URL in plain base64, and with the media type that its first bytes tell, in the name that upstreams
 * know.
 */
export function toTrueDataUrl(url: string): string {
  const [head, type = '', params = ''] = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(url.slice(0, maxHeadCharacters)) ?? [];
  if (head === undefined || !/;base64$/i.test(params.trim())) return url;
  const named = type.trim().toLowerCase();
  const given = url.slice(head.length);
  const data = toPlainBase64(given);
  const mediaType = trueMediaType(data, named) ?? named;
  return mediaType === type && data === given ? url : `data:${mediaType};base64,${data}`;
}

/**
 * Messages of Chat Completions or Messages, or items of the Responses API, that are passed on: unchanged but for labels of
 * pictures that lie. Strict upstreams refuse a label that is not the picture's (Anthropic, Gemini; seen 2026), no other
 * reads it.
 */
export function withTruePictures(entries: readonly unknown[]): unknown[] {
  return entries.map((given) => {
    const entry = asObject(given);
    if (Array.isArray(entry?.content)) return { ...entry, content: entry.content.map(toTruePart) };
    return Array.isArray(entry?.output) ? { ...entry, output: entry.output.map(toTruePart) } : given;
  });
}

function toTruePart(given: unknown): unknown {
  const part = asObject(given);
  const { type, image_url: image, source } = part ?? {};
  if (typeof image === 'string') return { ...part, image_url: toTrueDataUrl(image) };
  const addressed = asObject(image);
  if (typeof addressed?.url === 'string')
    return { ...part, image_url: { ...addressed, url: toTrueDataUrl(addressed.url) } };
  if (type === 'image' && asObject(source)) return { ...part, source: toTrueSource(source as Json) };
  return type === 'tool_result' ? withTruePictures([given])[0] : given;
}

/** Of Anthropic's API. */
function toTrueSource(source: Json): Json {
  if (source.type !== 'base64' || typeof source.data !== 'string') return source;
  const mediaType = trueMediaType(source.data, String(source.media_type ?? '').toLowerCase());
  return mediaType ? { ...source, media_type: mediaType } : source;
}
