/** Instructions that make a chat model act as a completion model: continue a text, or fill its gap. */
import type { CanonicalInputItem } from '../canonical/types.ts';

const continueText = `The message is the beginning of a text. Write what comes next in it, and nothing else: do not repeat the beginning, do not comment on it, add no formatting that it does not have. Start with a space or a line break where the text needs one. Where the text asks for something, what comes next is the answer to that.`;

const fillGap = `The message is a text with a gap: what stands before the gap is between <before> and </before>, what stands behind it between <after> and </after>. Write what belongs in the gap, exactly as it is to stand there, with its spaces and line breaks, and nothing else: no code fence, no comment on it, nothing of what is already before or behind the gap.`;

/** A conversation whose answer is the continuation of the text. */
export function toContinuation(text: string): CanonicalInputItem[] {
  return [instruct(continueText), say(text)];
}

/** A conversation whose answer is the text between the two texts. */
export function toGapFilling(before: string, after: string): CanonicalInputItem[] {
  return [instruct(fillGap), say(`<before>${before}</before><after>${after}</after>`)];
}

function instruct(text: string): CanonicalInputItem {
  return { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
}

function say(text: string): CanonicalInputItem {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}
