/** Changes to a refused request after which several backends take it. */
import type { CanonicalRequest } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';

/** Reasoning of another account or model family was replayed. */
export function isReasoningRefusal({ public: { code } }: OpenCompatError): boolean {
  return code === 'invalid_encrypted_content';
}

/** Undefined when there is none in it. */
export function withoutReasoning(request: CanonicalRequest): CanonicalRequest | undefined {
  const input = request.input.filter(({ type }) => type !== 'reasoning');
  return input.length < request.input.length ? { ...request, input } : undefined;
}
