import { OpenCompatError } from '../../errors.ts';

/** How the base64 of each kind's magic bytes begins. */
const kinds: readonly [string, RegExp][] = [
  ['png', /^iVBORw0KGgo/],
  ['jpeg', /^\/9j\//],
  ['gif', /^R0lGOD/],
  // `RIFF`, four bytes of length, `WEBP`.
  ['webp', /^UklG.{7}XRUJQ/],
];

/**
 * The data URL of an image that Ollama's clients send as bare base64. One that is a data URL already is left as it is.
 * @throws OpenCompatError OC_INVALID_VALUE for an image of another kind
 */
export function toDataUrl(image: string, param: string): string {
  if (image.startsWith('data:image/')) return image;
  // Some encoders break lines: megabytes are copied only then.
  const base64 = /\s/.test(image) ? image.replace(/\s+/g, '') : image;
  const kind = kinds.find(([, start]) => start.test(base64))?.[0];
  if (kind) return `data:image/${kind};base64,${base64}`;
  const reason = `Invalid '${param}': expected a PNG, JPEG, GIF or WebP image in base64.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
}
