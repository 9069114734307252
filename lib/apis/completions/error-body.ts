import type { PublicError } from '../../errors.ts';
import { toOpenAiError } from '../openai-error.ts';

/** The name that clients of this API know a field by, where it was named as the Responses API does. */
function toPromptParam(param: string): string {
  return param.replace(/^(input|instructions)(?![\w-]).*$/, 'prompt').replace(/^max_output_tokens$/, 'max_tokens');
}

export function toErrorBody(error: PublicError): object {
  return toOpenAiError({ ...error, param: error.param && toPromptParam(error.param) });
}
