import { OpenCompatError } from '../../errors.ts';
import { pictureKind } from '../pictures.ts';

/**
 * The data URL of an image that Ollama's clients send as bare base64. One that is a data URL already is left as it is.
 * @throws OpenCompatError OC_INVALID_VALUE for an image of another kind
 */
export function toDataUrl(image: string, param: string): string {
  if (image.startsWith('data:image/')) return image;
  // Some encoders break lines: megabytes are copied only then.
  const base64 = /\s/.test(image) ? image.replace(/\s+/g, '') : image;
  const kind = pictureKind(base64);
  if (kind) return `data:image/${kind};base64,${base64}`;
  const reason = `Invalid '${param}': expected a PNG, JPEG, GIF or WebP image in base64.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
}
