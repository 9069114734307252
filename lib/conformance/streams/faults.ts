/** Told of each rule that a stream breaks, as soon as it does. It may throw: then nothing more is read. */
export type Report<Rule extends string> = (rule: Rule, fault: string) => void;

/** Keeps the first fault of each rule. */
export class Faults<Rule extends string> {
  readonly #first = new Map<Rule, string>();

  readonly report: Report<Rule> = (rule, fault) => {
    if (!this.#first.has(rule)) this.#first.set(rule, fault);
  };

  of(rule: Rule): string | undefined {
    return this.#first.get(rule);
  }
}
