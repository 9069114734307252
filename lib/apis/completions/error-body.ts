import type { PublicError } from '../../errors.ts';
import { toOpenAiError } from '../openai-error.ts';

/** This API's name for a field that was named as the Responses API does. */
function toPromptParam(param: string): string {
  return param.replace(/^(input|instructions)(?![\w-]).*$/, 'prompt').replace(/^max_output_tokens$/, 'max_tokens');
}

export function toErrorBody(error: PublicError): object {
  return toOpenAiError({ ...error, param: error.param && toPromptParam(error.param) });
}
