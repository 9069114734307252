/** Numbers the answers to a request: it may hold several conversations, and ask for several answers to each. */
import type { CanonicalRequest } from './types.ts';

/** How many answers a request asks for. */
export function countChoices({ choices = 1, moreInputs = [] }: CanonicalRequest): number {
  return choices * (1 + moreInputs.length);
}

/** Does the choice answer the first conversation, `input`? All such choices send the same request. */
export function isOfFirstInput({ choices = 1 }: CanonicalRequest, choice: number): boolean {
  return choice < choices;
}

/** The request with only the conversation that the choice answers. */
export function requestOfChoice(request: CanonicalRequest, choice: number): CanonicalRequest {
  const { moreInputs, ...rest } = request;
  if (!moreInputs) return request;
  if (isOfFirstInput(request, choice)) return rest;
  return { ...rest, input: moreInputs[Math.floor(choice / (request.choices ?? 1)) - 1]! };
}
