import { asText, type Json } from '../../lenient-json.ts';
import { writeReasoningDetails } from './reasoning-details.ts';

/** Most characters of reasoning details that are kept to be sent back. */
const maxDetailCharacters = 16 * 1024 * 1024;
const maxDetails = 4096;

const none: readonly string[] = [];

/** The encrypted reasoning that a server needs back, gathered from its pieces. */
export class SealedReasoning {
  #details: Json[] = [];
  #characters = 0;
  /** Copilot's form; '' without one. */
  opaque = '';

  /** Pieces of one detail come one after another: joins their texts, and keeps their other fields. */
  addDetail(detail: Json): void {
    for (const value of Object.values(detail)) if (typeof value === 'string') this.#characters += value.length;
    if (this.#characters > maxDetailCharacters || this.#details.length >= maxDetails) {
      throw new SyntaxError('reasoning with too many details');
    }
    const last = this.#details.at(-1);
    const isOpen = last && !asText(last.signature) && !asText(last.data);
    const isPiece = isOpen && last.type === detail.type && last.index === detail.index && last.id === detail.id;
    if (!isPiece) {
      this.#details.push({ ...detail });
      return;
    }
    for (const [key, value] of Object.entries(detail)) {
      if (value === undefined || value === null || value === '') continue;
      const isText = (key === 'text' || key === 'summary') && typeof last[key] === 'string';
      last[key] = isText ? `${last[key]}${value}` : value;
    }
  }

  /** Returns the encrypted forms that are complete, and forgets them. */
  take(): readonly string[] {
    if (this.#details.length === 0 && this.opaque === '') return none;
    const sealed: string[] = [];
    if (this.#details.some(({ signature, data }) => asText(signature) || asText(data))) {
      sealed.push(writeReasoningDetails(this.#details));
      this.#details = [];
    }
    if (this.opaque) sealed.push(this.opaque);
    this.opaque = '';
    return sealed;
  }
}
