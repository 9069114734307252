/** The shape of the errors of OpenAI's APIs: https://platform.openai.com/docs/guides/error-codes */
import { asObject } from '../../lenient-json.ts';
import { type Fault, show, unless } from '../expectations.ts';
import { type Answer, tellFailure } from '../server.ts';

/** A refusal with one of the statuses, in the shape that SDKs read. */
export function expectOpenAiError(answer: Answer, statuses: readonly number[]): Fault {
  if (!statuses.includes(answer.status)) return `${tellFailure(answer)}, not ${statuses.join(' or ')}`;
  const error = asObject(answer.json?.error);
  if (!error) return `the body is ${show(answer.text)}, without an object \`error\``;
  if (typeof error.message !== 'string' || error.message === '') return `error.message is ${show(error.message)}`;
  const missing = ['type', 'param', 'code'].filter((key) => !(key in error));
  return unless(missing.length === 0, `the error ${show(error)} has no ${missing.join(', no ')}`);
}

export function expectErrorField(answer: Answer, field: string, wanted: string): Fault {
  const found = asObject(answer.json?.error)?.[field];
  return unless(found === wanted, `error.${field} is ${show(found)}, not ${show(wanted)}`);
}
