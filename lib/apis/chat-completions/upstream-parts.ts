/** Canonical content → parts of Chat messages as upstreams take them, and the errors for content that they refuse. */

import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import { toTrueDataUrl } from '../pictures.ts';

/** Longest stretch of a client's text that a message repeats, in characters. */
const maxQuotedCharacters = 100;

/** A single text goes as a string instead of a list: every server takes that. */
export function toPlainText(parts: readonly Json[]): unknown {
  if (parts.length === 0) return '';
  return parts.length === 1 && parts[0]!.type === 'text' ? parts[0]!.text : undefined;
}

export function listOf(content: unknown, param: string): Json[] {
  if (content === undefined || content === null) return [];
  if (Array.isArray(content)) return content.map((part) => asObject(part) ?? {});
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason: 'Send text or a list of parts.' }, { param });
}

export function toParts(content: unknown, param: string): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content, param).map((part, index) => toPart(part, `${param}[${index}]`));
}

function toPart(part: Json, param: string): Json {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: typeof part.text === 'string' ? part.text : '' };
    case 'refusal':
      return { type: 'text', text: asText(part.refusal) ?? '' };
    case 'input_image': {
      const url = asText(part.image_url);
      if (!url) throw unsupported(`${param}.image_url`, 'Images are taken as an https URL or a data URL.');
      // `auto` is the default, and some servers do not know the word.
      const detail = asText(part.detail);
      return {
        type: 'image_url',
        image_url: { url: toTrueDataUrl(url), ...(detail && detail !== 'auto' && { detail }) },
      };
    }
    case 'input_file': {
      const { file_data, file_id, filename } = part;
      if (!file_data && !file_id) throw unsupported(`${param}.file_data`, 'Files are taken as file_data.');
      return {
        type: 'file',
        file: {
          ...(asText(filename) && { filename }),
          ...(file_data ? { file_data } : { file_id }),
        },
      };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio };
    default:
      throw unsupported(`${param}.type`, `The upstream takes no content of the type '${quote(part.type)}'.`);
  }
}

export function unsupported(param: string, reason: string): OpenCompatError {
  return new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param });
}

export function quote(value: unknown): string {
  return String(value).slice(0, maxQuotedCharacters);
}
