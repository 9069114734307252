import { asText, type Json } from '../../lenient-json.ts';
import { writeReasoningDetails } from './reasoning-details.ts';

/** As much of a reasoning's details as is kept to be given back, in characters. */
const maxDetailCharacters = 16 * 1024 * 1024;
const maxDetails = 4096;

const none: readonly string[] = [];

/** What a server wants back to go on from its own reasoning, gathered from the pieces in which it comes. */
export class SealedReasoning {
  #details: Json[] = [];
  #characters = 0;
  /** Copilot's form; empty: none. */
  opaque = '';

  /** Pieces of one detail come one after another: their texts are joined, what else they say is kept. */
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

  /** What is whole, once. */
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
