/**
 * Finds the field `model` in a form (multipart/form-data, RFC 7578, https://www.rfc-editor.org/rfc/rfc7578) while it comes, and
 * changes nothing else in it. Pure.
 */

/** Most bytes of a field of this kind: its headers and its value. */
const maxFieldBytes = 4096;

/** The boundary that a media type names (RFC 2046 §5.1.1, https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1). */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

/** Where the value of the field stands, in bytes from the start of the form. */
export interface FoundModel {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Reads a form piece by piece until the field has come. */
export class FormModel {
  readonly #field: RegExp;
  /** The last bytes that were read: the field may begin in them. Latin-1, so that characters are bytes. */
  #window = '\r\n';
  /** Where the window begins; the first two of its characters stand before the form. */
  #windowStart = -2;

  constructor(boundary: string) {
    const line = `\\r\\n--${boundary.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}`;
    const header = '[^\\r\\n]{1,1000}\\r\\n';
    this.#field = new RegExp(
      `${line}[ \\t]*\\r\\n(?:${header}){0,8}?content-disposition:[^\\r\\n]{0,200}\\bname="?model"?[ \\t]*(?:;[^\\r\\n]{0,200})?\\r\\n(?:${header}){0,8}?\\r\\n([^\\r\\n]{1,300})(?=${line})`,
      'i',
    );
  }

  /** @returns the field, once it is complete */
  take(part: Buffer): FoundModel | undefined {
    const window = this.#window + part.toString('latin1');
    const match = this.#field.exec(window);
    if (match) {
      const end = this.#windowStart + match.index + match[0].length;
      const start = end - match[1]!.length;
      return { name: Buffer.from(match[1]!, 'latin1').toString().trim(), start, end };
    }
    const kept = window.slice(-maxFieldBytes);
    this.#windowStart += window.length - kept.length;
    this.#window = kept;
    return undefined;
  }
}
