/** The usage of an answer that was ended here: the upstream would have told it at its end. */
import { countTokens, estimateInputTokens, roughTokens } from '../canonical/tokens.ts';
import type { CanonicalOutputItem, CanonicalRequest, CanonicalUsage } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';

/** Bytes for each character of what is encrypted, which is in base64. */
const encryptedBytes = 3 / 4;

/** What reasoning of which nothing is given has taken stays unknown. */
export function countUsage(request: CanonicalRequest, output: readonly CanonicalOutputItem[]): CanonicalUsage {
  const sumUp = (count: (item: CanonicalOutputItem) => number) => output.reduce((sum, item) => sum + count(item), 0);
  const reasoningTokens = sumUp(countReasoning);
  return usageOf(estimateInputTokens(request), sumUp(countText) + reasoningTokens, reasoningTokens);
}

function countText(item: CanonicalOutputItem): number {
  switch (item.type) {
    case 'message':
      return sumOf(item.content.map((part) => (part.type === 'refusal' ? part.refusal : (part.text ?? ''))));
    case 'function_call':
      return countTokens(item.arguments);
    case 'custom_tool_call':
      return countTokens(item.input);
    default:
      return 0;
  }
}

/** A summary is shorter than the reasoning that is encrypted beside it. */
function countReasoning(item: CanonicalOutputItem): number {
  if (item.type !== 'reasoning') return 0;
  const texts = [...item.summary, ...(item.content ?? [])].map(({ text }) => text);
  return Math.max(sumOf(texts), roughTokens((item.encrypted_content?.length ?? 0) * encryptedBytes));
}

function sumOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}
