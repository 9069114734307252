import { asObject } from '../lenient-json.ts';
import type { CanonicalInputItem, CanonicalRequest } from './types.ts';

/** Settings of a request that an item of its conversation may replace. */
type Settings = Pick<CanonicalRequest, 'reasoning' | 'text'>;

/**
 * Takes the `configuration_update` items out of a whole conversation: each stays in force until another replaces it, so that the
 * last effort and the last format count. No upstream has to know these items then.
 * (Type `ResponseConfigurationUpdateItemParam` of the openai package 7.59.)
 */
export function takeConfigurationUpdates(request: CanonicalRequest): CanonicalRequest {
  const updates = request.input.filter(isUpdate) as unknown as Settings[];
  if (updates.length === 0) return request;
  const { reasoning, text } = request;
  let effort = reasoning?.effort;
  let format = text?.format;
  for (const update of updates) {
    const asked = asObject(update.reasoning);
    if (asked && 'effort' in asked) effort = asked.effort as typeof effort;
    format = (asObject(asObject(update.text)?.format) as typeof format) ?? format;
  }
  return {
    ...request,
    input: request.input.filter((item) => !isUpdate(item)),
    ...(effort !== undefined && { reasoning: { ...reasoning, effort } }),
    ...(format && { text: { ...text, format } }),
  };
}

function isUpdate({ type }: CanonicalInputItem): boolean {
  return (type as string | undefined) === 'configuration_update';
}
