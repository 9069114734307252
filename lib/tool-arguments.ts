import { usualMaxValues, ValueBudget } from './bounded-json.ts';
import { OpenCompatError } from './errors.ts';
import { parseLeniently } from './lenient-json.ts';

/** Parses the arguments of a request's tool calls: JSON inside of texts, which the bounds of the body do not see. */
export class ToolArguments {
  readonly #budget = new ValueBudget(usualMaxValues);

  /**
   * @param param where the text stands in the request
   * @returns undefined for what is no JSON
   * @throws OpenCompatError OC_UNSUPPORTED_VALUE when all of them together are more than can be read
   */
  parse(text: string, param: string): unknown {
    if (!this.#budget.spend(text)) return parseLeniently(text);
    const reason = 'The arguments of the tool calls hold too many values, or are nested too deep.';
    throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param });
  }
}
